// The lab's init with a stand-in daemon, in real namespaces.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "world/linux/fd_store_client.h"
#include "world/linux/lab_init_test_lab.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

#define SKIP_WITHOUT_NAMESPACES()                                                          \
  if (RunProgram({ProgramBeside("scv-lab-init").string(), "--probe"})                      \
          .output.find("\"usable\": true") == std::string::npos) {                         \
    GTEST_SKIP() << "this machine allows no namespaces or lacks an ability the lab needs"; \
  }

class LabInit : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }

  // A process of the lab as this side sees it: whether one with this argument runs at all.
  static bool RunsWith(const std::string& argument) {
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator("/proc", failed)) {
      const std::string text = ReadAll(entry.path() / "cmdline");
      if (text.find(argument) != std::string::npos && text.find("test") == std::string::npos) {
        return true;
      }
    }
    return false;
  }

  TestLab lab_;
};

TEST_F(LabInit, StartsDetachedAndSaysWhereItIs) {
  const Ran ran = lab_.Start({"--listen", "door=127.0.0.1:0"});
  ASSERT_EQ(ran.code, 0) << ran.output;
  EXPECT_GT(lab_.pid(), 0);
  struct stat status {};
  ASSERT_EQ(::stat((lab_.state() / "lab.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  ASSERT_EQ(::stat((lab_.state() / "init.sock").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(lab_.Ask({"get", "listener/door"}), "ok");
  EXPECT_TRUE(lab_.Ask({"get", "listener/none"}).starts_with("error"));
}

TEST_F(LabInit, EndsEverythingOnSigterm) {
  ASSERT_EQ(lab_.Start().code, 0);
  ASSERT_TRUE(lab_.Ask({"start", "child", "sleep", "94011"}).starts_with("ok"));
  ASSERT_TRUE(RunsWith("94011"));
  const auto begun = std::chrono::steady_clock::now();
  ::kill(lab_.pid(), SIGTERM);
  EXPECT_TRUE(Eventually([&] { return lab_.Gone(); }));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds(2'000));
  EXPECT_FALSE(RunsWith("94011"));
  EXPECT_FALSE(fs::exists(lab_.state() / "lab.json"));
  EXPECT_FALSE(fs::exists(lab_.state() / "init.sock"));
}

TEST_F(LabInit, KillingEitherOfItsProcessesLeavesNothing) {
  for (const bool host : {false, true}) {
    TestLab lab;
    ASSERT_EQ(lab.Start().code, 0);
    ASSERT_TRUE(lab.Ask({"start", "child", "sleep", "94012"}).starts_with("ok"));
    ::kill(host ? lab.parent() : lab.pid(), SIGKILL);
    EXPECT_TRUE(Eventually([&] { return lab.Gone() && !RunsWith("94012"); })) << host;
  }
}

TEST_F(LabInit, EndsWithTheDaemonThatEndsInOrder) {
  ASSERT_EQ(lab_.Start().code, 0);
  ASSERT_TRUE(lab_.Ask({"start", "child", "sleep", "94013"}).starts_with("ok"));
  lab_.Ask({"quit", "0"});
  EXPECT_TRUE(Eventually([&] { return lab_.Gone(); }));
  EXPECT_FALSE(RunsWith("94013"));
}

TEST_F(LabInit, StartsTheDaemonAgainWhichTakesUpWhatRuns) {
  ASSERT_EQ(lab_.Start().code, 0);
  const std::string started = lab_.Ask({"start", "child", "sleep", "94014"});
  ASSERT_TRUE(started.starts_with("ok ")) << started;
  ASSERT_TRUE(lab_.Ask({"start", "short", "sh", "-c", "sleep 0.3; exit 7"}).starts_with("ok "));
  const std::string instance = lab_.Ask({"instance", "i-1", "sleep", "94017"});
  ASSERT_TRUE(instance.starts_with("ok ")) << instance;
  ASSERT_EQ(lab_.Ask({"put", "kept"}), "ok");
  const std::string daemon = lab_.Ask({"pid"});
  // From inside: the numbers are those of the lab.
  RunProgram(
      {"nsenter", "-t", std::to_string(lab_.pid()), "-p", "-m", "kill", "-9", daemon.substr(3)});
  ASSERT_TRUE(Eventually([&] {
    const std::string now = lab_.Ask({"pid"});
    return now.starts_with("ok ") && now != daemon;
  }));
  EXPECT_EQ(lab_.Ask({"find", "child"}), started + " running");
  EXPECT_EQ(lab_.Ask({"find", "i-1"}), instance + " running");
  EXPECT_EQ(lab_.Ask({"get", "kept"}), "ok");
  EXPECT_TRUE(lab_.Ask({"start", "child", "sleep", "1"}).starts_with("error"));
  EXPECT_TRUE(Eventually([&] { return lab_.Ask({"exits"}) == "ok short:7"; }))
      << lab_.Ask({"exits"});
  EXPECT_EQ(lab_.Ask({"stop", "child", "1000"}), "ok");
  EXPECT_TRUE(lab_.Ask({"find", "child"}).ends_with(" ended 143"));
  EXPECT_EQ(lab_.Ask({"stop", "i-1", "0"}), "ok");
  EXPECT_TRUE(lab_.Ask({"find", "i-1"}).ends_with(" ended 137"));
  EXPECT_FALSE(RunsWith("94017"));
}

TEST_F(LabInit, StartsAgainAsSoonAsTheOneBeforeIsGone) {
  for (int i = 0; i < 5; ++i) {
    const Ran ran = lab_.Start({"--listen", "door=127.0.0.1:0"});
    ASSERT_EQ(ran.code, 0) << ran.output;
    const int init = lab_.pid();
    ::kill(init, SIGTERM);
    ASSERT_TRUE(Eventually([&] { return ::kill(init, 0) != 0; }));
  }
}

TEST_F(LabInit, GoesOnStartingADaemonThatFails) {
  const Ran ran =
      lab_.StartDetached({}, {ProgramBeside("scv-lab-init-test-daemon").string(), "--fail"});
  ASSERT_EQ(ran.code, 0) << ran.output;
  EXPECT_TRUE(Eventually([&] {
    const std::string log = ReadAll(lab_.state() / "lab-init.log");
    return log.find("again in 20 ms") != std::string::npos &&
           log.find("again in 80 ms") != std::string::npos;
  }));
  EXPECT_FALSE(lab_.Gone());
}

TEST_F(LabInit, RefusesASecondLabAndATakenPort) {
  ASSERT_EQ(lab_.Start({"--listen", "door=127.0.0.1:0"}).code, 0);
  const int holder = lab_.pid();
  const Ran second = lab_.Start();
  EXPECT_EQ(second.code, 1);
  EXPECT_NE(second.output.find("pid " + std::to_string(holder)), std::string::npos)
      << second.output;
  const std::string record = ReadAll(lab_.state() / "lab.json");
  const auto colon = record.find("\"door\":") + 7;
  const std::string port = record.substr(colon, record.find('}', colon) - colon);
  TestLab other;
  const Ran taken = other.Start({"--listen", "door=127.0.0.1:" + port});
  EXPECT_EQ(taken.code, 1);
  EXPECT_NE(taken.output.find("127.0.0.1:" + port + " (for door) is taken by scv-lab-init"),
            std::string::npos)
      << taken.output;
}

TEST_F(LabInit, RefusesWrongUsage) {
  const std::string init = ProgramBeside("scv-lab-init").string();
  EXPECT_EQ(RunProgram({init}).code, 2);
  EXPECT_EQ(
      RunProgram({init, "--state", lab_.state(), "--listen", "door=1.2.3:x", "--", "/bin/true"})
          .code,
      2);
  const Ran missing = RunProgram({init, "--state", lab_.state(), "--", "/nowhere/scvd"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_NE(missing.output.find("/nowhere/scvd"), std::string::npos);
}

TEST_F(LabInit, StoreIsForItsOwnUserAndBounded) {
  ASSERT_EQ(lab_.Start().code, 0);
  FdStoreClient store(lab_.state());
  const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  for (int i = 0; i < 600; ++i) {
    ASSERT_TRUE(store.Put("many/" + std::string(150, 'x') + std::to_string(i), null.get()));
  }
  const auto names = store.Names();
  ASSERT_TRUE(names.has_value());
  EXPECT_EQ(names->size(), 600U);
  EXPECT_TRUE(store.Remove(names->front()).has_value());
  EXPECT_EQ(store.Get(names->front()).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(store.Put("a b", null.get()).error().kind, ErrorKind::kInvalid);
  if (::geteuid() == 0) {
    ::chmod(lab_.state().c_str(), 0755);
    ::chmod((lab_.state() / "init.sock").c_str(), 0666);
    const Ran other = RunProgram({"setpriv", "--reuid", "65534", "--clear-groups", "python3", "-c",
                                  "import socket,sys\ns=socket.socket(socket.AF_UNIX,"
                                  "socket.SOCK_SEQPACKET)\ns.connect(sys.argv[1])\n"
                                  "s.send(b'list')\nprint('answer', s.recv(99))",
                                  lab_.state() / "init.sock"});
    EXPECT_EQ(other.output.find("answer b'ok"), std::string::npos) << other.output;
  }
}

TEST_F(LabInit, RunsForAnOrdinaryUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "the other tests run as an ordinary user already";
  ASSERT_EQ(::chown(lab_.state().c_str(), 65534, 65534), 0);
  ::chmod(lab_.state().c_str(), 0700);
  const Ran ran = lab_.Start({"--listen", "door=127.0.0.1:0"},
                             {"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"});
  if (ran.output.find("user namespace") != std::string::npos) GTEST_SKIP() << ran.output;
  ASSERT_EQ(ran.code, 0) << ran.output;
  EXPECT_TRUE(lab_.Ask({"start", "child", "sleep", "94015"}).starts_with("ok"));
  const std::string begun =
      lab_.Ask({"instance", "i-1", "sh", "-c",
                "id -u; hostname; echo written > /etc/written && cat /etc/written; "
                "echo more >> /var/lib/dpkg/status && echo appended; sleep 94016"});
  EXPECT_TRUE(begun.starts_with("ok")) << begun << ReadAll(lab_.state() / "scvd.log");
  EXPECT_TRUE(Eventually([&] {
    return ReadAll(lab_.state() / "i-1.log") == "0\nip-10-0-1-5.test\nwritten\nappended\n";
  })) << ReadAll(lab_.state() / "i-1.log");
  ::kill(lab_.pid(), SIGTERM);
  EXPECT_TRUE(Eventually([&] { return lab_.Gone() && !RunsWith("94015") && !RunsWith("94016"); }));
}

}  // namespace
}  // namespace scv::world
