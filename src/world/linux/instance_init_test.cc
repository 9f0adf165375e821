// scv-instance-init against a metadata service at its real address, in a network namespace.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "world/linux/cgroup.h"
#include "world/linux/lab_init_test_lab.h"
#include "world/linux/memory_fd_store.h"
#include "world/linux/processes.h"

extern char** environ;

namespace scv::world {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// The two calls of IMDSv2 that booting makes; argv: the port, the user data's file ("": 404).
constexpr const char* kService = R"(
import http.server, sys, time
start = time.time()
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body):
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_PUT(self):
        ok = self.path == '/latest/api/token' and \
            self.headers['X-aws-ec2-metadata-token-ttl-seconds'] == '300'
        self.answer(200 if ok else 400, b'token-1')
    def do_GET(self):
        if self.headers['X-aws-ec2-metadata-token'] != 'token-1': return self.answer(401, b'')
        if not sys.argv[1]: return self.answer(404, b'')
        self.answer(200, open(sys.argv[1], 'rb').read())
    def log_message(self, *a): pass
http.server.HTTPServer(('169.254.169.254', 80), Handler).serve_forever()
)";

class InstanceInit : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "this needs root";
    std::string name = "/var/tmp/scv-instance-test-XXXXXX";
    directory_ = ::mkdtemp(name.data());
    std::thread([this] {
      ASSERT_EQ(::unshare(CLONE_NEWNET), 0);
      network_ = UniqueFd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
      ASSERT_EQ(RunProgram({"ip", "link", "set", "lo", "up"}).code, 0);
      ASSERT_EQ(RunProgram({"ip", "addr", "add", "169.254.169.254/32", "dev", "lo"}).code, 0);
    }).join();
    auto made = MakeProcesses(fds_, directory_ / "run");
    ASSERT_TRUE(made.has_value());
    processes_ = std::move(*made);
  }
  void TearDown() override {
    if (!processes_) return;
    for (const auto& status : processes_->List()) processes_->Stop(status.name, milliseconds(0));
    processes_.reset();
    Cgroups::Open(CgroupNameOf(fs::canonical(directory_ / "run"))).RemoveAll();
    fs::remove_all(directory_);
  }

  void Serve(const std::string& user_data) {
    std::ofstream(directory_ / "user-data") << user_data;
    ProcessSpec spec;
    spec.name = "metadata";
    spec.arguments = {"python3", "-c", kService,
                      user_data.empty() ? "" : (directory_ / "user-data").string()};
    spec.log = directory_ / "metadata.log";
    spec.network_namespace = network_.get();
    ASSERT_TRUE(processes_->Start(spec).has_value());
  }
  void AwaitService() {
    ASSERT_TRUE(Eventually([&] {
      return RunProgram({"nsenter",
                         "--net=/proc/" + std::to_string(::getpid()) + "/fd/" +
                             std::to_string(network_.get()),
                         "curl", "-sf", "-X", "PUT", "-H",
                         "X-aws-ec2-metadata-token-ttl-seconds: 300",
                         "http://169.254.169.254/latest/api/token"})
                 .code == 0;
    }));
  }
  ProcessStatus Boot(std::vector<std::string> options = {}) {
    ProcessSpec spec;
    spec.name = "i-1";
    spec.arguments = {ProgramBeside("scv-instance-init").string()};
    spec.arguments.insert(spec.arguments.end(), options.begin(), options.end());
    spec.log = Console();
    spec.network_namespace = network_.get();
    spec.instance = ProcessSpec::Instance{
        .hostname = "ip-10-0-1-5.test", .resolver = "10.0.0.2", .trusted_roots = {}};
    const auto started = processes_->Start(spec);
    EXPECT_TRUE(started.has_value()) << started.error().message;
    return started.value_or(ProcessStatus{});
  }
  fs::path Console() const { return directory_ / "console.log"; }
  bool Says(const std::string& text) {
    return Eventually([&] { return ReadAll(Console()).find(text) != std::string::npos; });
  }

  fs::path directory_;
  UniqueFd network_;
  MemoryFdStore fds_;
  std::unique_ptr<Processes> processes_;
};

TEST_F(InstanceInit, RunsUserDataOnceWithACleanEnvironment) {
  Serve(
      "#!/bin/bash\nenv | sort\nid -u\nhead -1 /var/lib/cloud/instance/user-data.txt\n"
      "setsid sleep 94031 &\n");
  Boot();
  EXPECT_TRUE(Says("boot finished in")) << ReadAll(Console());
  const std::string said = ReadAll(Console());
  EXPECT_NE(said.find("HOME=/root\nLANG=C.UTF-8\nPATH=/usr/local/sbin"), std::string::npos) << said;
  EXPECT_NE(said.find("\n0\n#!/bin/bash\n"), std::string::npos) << said;
}

TEST_F(InstanceInit, StaysWhenUserDataFailsAndEndsWhenAsked) {
  Serve("#!/bin/sh\ntrap 'echo asked; exit 0' TERM\nexit 3\n");
  Boot();
  EXPECT_TRUE(Says("boot failed")) << ReadAll(Console());
  EXPECT_TRUE(Says("exit code 3"));
  EXPECT_TRUE(processes_->Find("i-1")->running);
  const auto begun = Clock::now();
  EXPECT_TRUE(processes_->Stop("i-1", milliseconds(3000)));
  EXPECT_LT(Clock::now() - begun, milliseconds(1000));
}

TEST_F(InstanceInit, BootsWithoutUserDataAndRefusesWhatItCannotRun) {
  Serve("");
  Boot();
  EXPECT_TRUE(Says("without user data")) << ReadAll(Console());
  EXPECT_TRUE(processes_->Stop("i-1", milliseconds(1000)));
  EXPECT_TRUE(processes_->Stop("metadata", milliseconds(1000)));
  fs::remove(Console());
  Serve("#cloud-config\n");
  Boot();
  EXPECT_TRUE(Says("does not begin with #!")) << ReadAll(Console());
}

TEST_F(InstanceInit, WaitsForTheServiceAndCanBeEndedMeanwhile) {
  Boot();
  const auto begun = Clock::now();
  EXPECT_TRUE(processes_->Stop("i-1", milliseconds(3000)));
  EXPECT_LT(Clock::now() - begun, milliseconds(1000));
  Boot();
  Serve("#!/bin/sh\necho late\n");
  EXPECT_TRUE(Says("late")) << ReadAll(Console());
}

TEST_F(InstanceInit, BootsFast) {
  Serve("#!/bin/sh\ntrue\n");
  AwaitService();
  std::vector<double> times;
  for (int i = 0; i < 9; ++i) {
    fs::remove(Console());
    const auto begun = Clock::now();
    Boot();
    ASSERT_TRUE(Says("user data started")) << ReadAll(Console());
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
    ASSERT_TRUE(processes_->Stop("i-1", milliseconds(500)));
  }
  std::ranges::sort(times);
  RecordProperty("boot_ms_median", std::to_string(times[4]));
  std::printf("instance to user data: median %.1f ms, best %.1f ms\n", times[4], times[0]);
  EXPECT_LT(times[4], 500.0);  // bound for a loaded machine; 60 ms is what is aimed at
}

}  // namespace
}  // namespace scv::world
