// Processes and instances on this machine, without a lab around them.
#include "world/linux/processes.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "world/linux/cgroup.h"
#include "world/linux/lab_init_test_lab.h"
#include "world/linux/memory_fd_store.h"
#include "world/linux/processes_stat.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

bool Runs(int pid) {
  const auto stat = ReadProcessStat(pid);
  return stat && stat->state != 'Z';
}

class ProcessesTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "these need root; lab_init_test has those that do not";
    std::string name = "/var/tmp/scv-processes-test-XXXXXX";
    directory_ = ::mkdtemp(name.data());
    Open();
  }
  void TearDown() override {
    if (processes_) {
      for (const auto& status : processes_->List()) {
        EXPECT_TRUE(processes_->Stop(status.name, milliseconds(0)));
      }
    }
    processes_.reset();
    const auto groups = Cgroups::Open(CgroupNameOf(fs::canonical(directory_)));
    groups.RemoveAll();
    fs::remove_all(directory_);
  }

  void Open() {
    processes_.reset();
    auto made = MakeProcesses(fds_, directory_);
    ASSERT_TRUE(made.has_value()) << made.error().message;
    processes_ = std::move(*made);
    processes_->OnExit([this](const ProcessStatus& status) {
      const std::scoped_lock lock(mutex_);
      exited_[status.name] = Clock::now();
      changed_.notify_all();
    });
  }

  ProcessSpec Spec(const std::string& name, std::vector<std::string> arguments) {
    ProcessSpec spec;
    spec.name = name;
    spec.arguments = std::move(arguments);
    spec.log = directory_ / (fs::path(name).filename().string() + ".log");
    return spec;
  }
  ProcessSpec Instance(const std::string& name, const std::string& script) {
    ProcessSpec spec = Spec(name, {"sh", "-c", script});
    spec.environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
    spec.instance = ProcessSpec::Instance{
        .hostname = "ip-10-0-1-5.test.internal", .resolver = "10.0.0.2", .trusted_roots = {}};
    return spec;
  }
  std::string Log(const std::string& name) { return ReadAll(directory_ / (name + ".log")); }
  ProcessStatus MustStart(const ProcessSpec& spec) {
    auto started = processes_->Start(spec);
    EXPECT_TRUE(started.has_value()) << started.error().message;
    return started.value_or(ProcessStatus{});
  }
  // What the script of an instance said until it ended.
  std::string OutputOf(const std::string& script) {
    MustStart(Instance("i-1", script));
    EXPECT_TRUE(AwaitExit("i-1"));
    return Log("i-1");
  }
  bool AwaitExit(const std::string& name) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10),
                             [&] { return exited_.contains(name); });
  }

  fs::path directory_;
  MemoryFdStore fds_;
  std::unique_ptr<Processes> processes_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Clock::time_point> exited_;
};

TEST_F(ProcessesTest, StartsWithItsEnvironmentDirectoryAndDescriptorsOnly) {
  const fs::path file = directory_ / "given";
  std::ofstream(file) << "through a descriptor\n";
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  auto spec =
      Spec("engine/one", {"sh", "-c", "env; pwd; cat <&7; ls /proc/self/fd | tr '\\n' ' '"});
  spec.environment = {"ONLY=this"};
  spec.working_directory = "/usr";
  spec.descriptors = {{fd.get(), 7}};
  MustStart(spec);
  ASSERT_TRUE(AwaitExit("engine/one"));
  const std::string log = Log("one");
  EXPECT_NE(log.find("ONLY=this\n"), std::string::npos) << log;
  EXPECT_NE(log.find("/usr\n"), std::string::npos) << log;
  EXPECT_NE(log.find("through a descriptor\n"), std::string::npos) << log;
  EXPECT_NE(log.find("0 1 2 3 7"), std::string::npos) << log;  // 3: ls itself
  EXPECT_EQ(log.find("HOME="), std::string::npos) << log;
}

TEST_F(ProcessesTest, SaysWhichProgramIsMissingAndLeavesNothing) {
  const auto unknown = processes_->Start(Spec("a", {"no-such-engine"}));
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().kind, ErrorKind::kNotFound);
  EXPECT_NE(unknown.error().message.find("no-such-engine"), std::string::npos);
  const auto absent = processes_->Start(Spec("a", {"/nowhere/engine"}));
  EXPECT_EQ(absent.error().kind, ErrorKind::kNotFound);
  EXPECT_NE(absent.error().message.find("/nowhere/engine"), std::string::npos);
  auto elsewhere = Spec("a", {"true"});
  elsewhere.working_directory = "/nowhere";
  EXPECT_NE(processes_->Start(elsewhere).error().message.find("working directory /nowhere"),
            std::string::npos);
  EXPECT_TRUE(fs::is_empty(directory_ / "records"));
  EXPECT_EQ(processes_->Find("a").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(processes_->Start(Spec("a b", {"true"})).error().kind, ErrorKind::kInvalid);
}

TEST_F(ProcessesTest, RefusesTheSameNameTwice) {
  MustStart(Spec("a", {"sleep", "100"}));
  EXPECT_EQ(processes_->Start(Spec("a", {"sleep", "100"})).error().kind, ErrorKind::kConflict);
  EXPECT_TRUE(processes_->Stop("a", milliseconds(1000)));
  EXPECT_FALSE(processes_->Find("a")->running);
  MustStart(Spec("a", {"sleep", "100"}));
}

TEST_F(ProcessesTest, SeesAnExitWithinMilliseconds) {
  const int pid = MustStart(Spec("a", {"sleep", "100"})).pid;
  ::kill(pid, SIGKILL);
  const auto killed = Clock::now();
  ASSERT_TRUE(AwaitExit("a"));
  const auto seen = exited_["a"] - killed;
  RecordProperty("exit_seen_us", std::to_string(seen / std::chrono::microseconds(1)));
  EXPECT_LT(seen, milliseconds(50));
  EXPECT_TRUE(fs::is_empty(directory_ / "records"));
}

TEST_F(ProcessesTest, StopTakesWhatTheProcessStarted) {
  MustStart(Spec("a", {"sh", "-c", "sleep 100 & echo $!; trap '' TERM; sleep 100"}));
  ASSERT_TRUE(Eventually([&] { return !Log("a").empty(); }));
  const int child = std::stoi(Log("a"));
  EXPECT_TRUE(Runs(child));
  EXPECT_TRUE(processes_->Stop("a", milliseconds(50)));
  EXPECT_FALSE(Runs(child));
  EXPECT_TRUE(processes_->Stop("a", milliseconds(50)));
}

TEST_F(ProcessesTest, TakesUpWhatRunsAndTellsWhatEnded) {
  const int stays = MustStart(Spec("db/stays", {"sleep", "100"})).pid;
  const int goes = MustStart(Spec("goes", {"sleep", "100"})).pid;
  processes_.reset();
  ::kill(goes, SIGKILL);
  ASSERT_TRUE(Eventually([&] { return !Runs(goes); }));
  Open();
  const auto found = processes_->Find("db/stays");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->pid, stays);
  EXPECT_TRUE(found->running);
  EXPECT_TRUE(AwaitExit("goes"));
  ::kill(stays, SIGKILL);
  EXPECT_TRUE(AwaitExit("db/stays"));
}

TEST_F(ProcessesTest, OneDaemonPerDirectory) {
  MemoryFdStore other;
  EXPECT_EQ(MakeProcesses(other, directory_).error().kind, ErrorKind::kConflict);
}

TEST_F(ProcessesTest, RefusesADamagedRecord) {
  processes_.reset();
  std::ofstream(directory_ / "records/a.json") << "{\"name\":\"a\",\"pi";
  const auto refused = MakeProcesses(fds_, directory_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("a.json"), std::string::npos);
  fs::remove(directory_ / "records/a.json");
}

TEST_F(ProcessesTest, CountsAndLimitsWhatIsUsed) {
  auto spec = Spec("a", {"sh", "-c", "while :; do :; done"});
  spec.limits = {.memory_bytes = 64 << 20, .cpu_millis = 200};
  const auto groups = Cgroups::Open(CgroupNameOf(fs::canonical(directory_)));
  MustStart(spec);
  std::this_thread::sleep_for(milliseconds(600));  // time to use is what is measured
  const auto used = processes_->CpuMicros("a");
  ASSERT_TRUE(used.has_value());
  EXPECT_GT(*used, 20'000);
  if (!groups.Lacking(spec.limits).empty()) GTEST_SKIP() << groups.Lacking(spec.limits);
  EXPECT_LT(*used, 250'000);
  spec = Spec("b", {"sh", "-c", "head -c 200000000 /dev/zero | tail -c 200000000 >/dev/null"});
  spec.limits.memory_bytes = 32 << 20;
  spec.log = directory_ / "b.log";
  MustStart(spec);
  EXPECT_TRUE(AwaitExit("b"));
}

TEST_F(ProcessesTest, WhoIsToldToInterruptsNobody) {
  auto spec = Spec("patient", {"sleep", "94031"});
  spec.batch = true;
  EXPECT_EQ(::sched_getscheduler(MustStart(spec).pid), SCHED_BATCH);
  spec = Spec("other", {"sleep", "94031"});
  EXPECT_EQ(::sched_getscheduler(MustStart(spec).pid), SCHED_OTHER);
}

TEST_F(ProcessesTest, BoundsLogs) {
  const fs::path log = directory_ / "big.log";
  std::ofstream(log) << std::string(3000, 'a') << std::string(2000, 'z');
  BoundLog(log, 10'000);
  EXPECT_EQ(fs::file_size(log), 5000U);
  BoundLog(log, 2'000);
  EXPECT_EQ(fs::file_size(log), 0U);
  EXPECT_EQ(ReadAll(log.string() + ".1"), std::string(2000, 'z'));
}

TEST_F(ProcessesTest, InstanceHasItsOwnNamesAndProcesses) {
  EXPECT_EQ(OutputOf("hostname; echo $$; cat /etc/hostname; cat /etc/resolv.conf | head -1;"
                     "test $(ls -d /proc/[0-9]* | wc -l) -lt 8 && echo few; ls /tmp /root /home | "
                     "tr -d '\\n'"),
            "ip-10-0-1-5.test.internal\n1\nip-10-0-1-5.test.internal\nnameserver 10.0.0.2\nfew\n"
            "/home:/root:/tmp:");
}

TEST_F(ProcessesTest, InstanceSeesThisMachinesFilesButNotTheLabs) {
  const std::string secret = (directory_ / "secret").string();
  std::ofstream(secret) << "no\n";
  const std::string checkout = ProgramBeside("").parent_path().string();
  EXPECT_EQ(OutputOf("test -x /usr/bin/env && echo programs; test -e " + secret +
                     " && echo BAD; test -e " + checkout + " && echo BAD; test -e " +
                     directory_.string() + " && echo BAD; grep -c '[$]' /etc/shadow; echo end"),
            "programs\n0\nend\n");
}

TEST_F(ProcessesTest, InstanceWritesStayInside) {
  const std::string name = "scv-test-" + std::to_string(::getpid());
  EXPECT_EQ(OutputOf("echo x > /etc/" + name + " && echo y > /usr/bin/" + name + " && mkdir /opt/" +
                     name +
                     " && rm /etc/debian_version && echo done; test -e "
                     "/etc/debian_version || echo removed"),
            "done\nremoved\n");
  for (const char* place : {"/etc/", "/usr/bin/", "/opt/"}) {
    EXPECT_FALSE(fs::exists(place + name));
  }
  EXPECT_TRUE(fs::exists("/etc/debian_version"));
}

TEST_F(ProcessesTest, InstanceCannotReachOut) {
  const std::string said = OutputOf(
      "mount -t tmpfs x /mnt 2>/dev/null && echo BAD mount;"
      "echo x > /proc/sys/kernel/hostname 2>/dev/null && echo BAD sysctl;"
      "echo h > /proc/sysrq-trigger 2>/dev/null && echo BAD sysrq;"
      "mknod /tmp/vda b 254 0 2>/dev/null && echo BAD mknod;"
      "hostname other 2>/dev/null && echo BAD hostname;"
      "nsenter -t 1 -n true 2>/dev/null && echo BAD nsenter;"
      "test -w /sys/kernel && touch /sys/kernel/x 2>/dev/null && echo BAD sys;"
      "ip link set lo down 2>/dev/null && echo BAD link;"
      "test -e /run/systemd/system && echo BAD systemd;"
      "/usr/sbin/policy-rc.d; echo $?; echo hello > /dev/null; head -c 4 /dev/urandom | wc -c;"
      "grep CapBnd /proc/self/status");
  EXPECT_TRUE(said.ends_with("101\n4\nCapBnd:\t00000000a00425fb\n")) << said;
}

TEST_F(ProcessesTest, InstanceTrustsTheLabsRoots) {
  std::ofstream(directory_ / "ca.pem") << "-----BEGIN CERTIFICATE-----\nlab\n";
  auto spec = Instance("i-1", "tail -1 /etc/ssl/certs/ca-certificates.crt");
  spec.instance->trusted_roots = directory_ / "ca.pem";
  MustStart(spec);
  ASSERT_TRUE(AwaitExit("i-1"));
  EXPECT_EQ(Log("i-1"), "lab\n");
}

TEST_F(ProcessesTest, InstanceInstallsPackages) {
  // Built from nothing: a package with a service and a maintainer script that would start it.
  const fs::path package = directory_ / "package";
  fs::create_directories(package / "DEBIAN");
  fs::create_directories(package / "usr/share/scv-test-package");
  std::ofstream(package / "DEBIAN/control")
      << "Package: scv-test-package\nVersion: 1\nArchitecture: all\nMaintainer: none <n@none>\n"
         "Description: test\n";
  std::ofstream(package / "DEBIAN/postinst") << "#!/bin/sh\nset -e\necho configured\n";
  ::chmod((package / "DEBIAN/postinst").c_str(), 0755);
  std::ofstream(package / "usr/share/scv-test-package/file") << "x";
  const fs::path built = "/var/tmp/scv-test-package.deb";
  ASSERT_EQ(RunProgram({"dpkg-deb", "--build", "--root-owner-group", package, built}).code, 0);
  const std::string said = OutputOf("dpkg -i " + built.string() +
                                    " 2>&1 && cat /usr/share/scv-test-package/file && echo;"
                                    "useradd -r scv-test-user && id -un scv-test-user");
  fs::remove(built);
  EXPECT_NE(said.find("configured\nx\nscv-test-user\n"), std::string::npos) << said;
  EXPECT_FALSE(fs::exists("/usr/share/scv-test-package"));
}

TEST_F(ProcessesTest, EndOfAnInstancesFirstProcessEndsAll) {
  const int pid =
      MustStart(Instance("i-1", "setsid sh -c 'sleep 94021 & sleep 94021' & echo ok; sleep 94021"))
          .pid;
  ASSERT_TRUE(Eventually([&] { return Log("i-1") == "ok\n"; }));
  const auto sleeping = [] {
    int count = 0;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator("/proc", failed)) {
      const std::string line = ReadAll(entry.path() / "cmdline");
      if (line == std::string("sleep\0"
                              "94021\0",
                              12))
        ++count;
    }
    return count;
  };
  ASSERT_TRUE(Eventually([&] { return sleeping() == 3; }));
  ::kill(pid, SIGKILL);
  ASSERT_TRUE(AwaitExit("i-1"));
  EXPECT_EQ(sleeping(), 0);
}

TEST_F(ProcessesTest, LeavesNoMountsBehind) {
  const std::string before = ReadAll("/proc/self/mountinfo");
  MustStart(Instance("i-1", "sleep 100"));
  EXPECT_TRUE(processes_->Stop("i-1", milliseconds(0)));
  EXPECT_EQ(ReadAll("/proc/self/mountinfo"), before);
  EXPECT_TRUE(fs::is_empty(directory_ / "root"));
}

}  // namespace
}  // namespace scv::world
