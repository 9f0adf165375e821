#include "world/linux/endpoint_check.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <iostream>
#include <mutex>

#include "world/linux/certificate_authority.h"
#include "world/linux/name_test_lab.h"

namespace scv::world {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr const char* kHaproxy = "lb";

// HAProxy at the host that 203.0.113.5 leads to, its name served, and checks of it.
class EndpointCheck : public testing::Test {
 protected:
  void SetUp() override {
    if (!IsInstalled("/usr/sbin/haproxy")) GTEST_SKIP() << "haproxy is not installed";
    if (const auto why = NameTestLab::WhyNot(); !why.empty()) GTEST_SKIP() << why;
    lab_ = std::make_unique<NameTestLab>();
    SetAddress("203.0.113.5");
    lab_->StartServer("");
    auto authority = CertificateAuthority::Open(lab_->directory.path / "ca");
    ASSERT_TRUE(authority.has_value());
    // Another name than the one it is asked for: nobody verifies it.
    auto certificate = (*authority)->Issue("lb", {"other.localhost"});
    ASSERT_TRUE(certificate.has_value());
    WriteConfiguration(certificate->bundle);
    StartHaproxy();
    checks_ = std::make_unique<EndpointChecks>(
        *lab_->net.network, lab_->net.internet.resolver,
        [this](const std::string& id, const lab::CheckSighting& sighting) {
          const std::lock_guard lock(mutex_);
          seen_[id] = sighting;
          ++told_[id];
          changed_.notify_all();
        });
  }
  void TearDown() override {
    checks_.reset();
    if (!lab_) return;
    EXPECT_EQ(ErrorOf(lab_->processes.Stop(kHaproxy, milliseconds(100))), "");
  }

  void SetAddress(const std::string& address) {
    ASSERT_EQ(
        ErrorOf(lab_->names.Ensure(
            "", NameTestLab::Zone(
                    "scv.localhost",
                    {{.name = "www.scv.localhost", .type = "A", .ttl = 1, .values = {address}}}))),
        "");
  }
  void WriteConfiguration(const std::filesystem::path& certificate) {
    std::ofstream(lab_->directory.path / "lb.cfg")
        << "global\n maxconn 50\ndefaults\n mode http\n timeout client 30s\n"
        << " timeout server 30s\n timeout connect 5s\n"
        << "frontend f\n bind 10.0.0.5:443 ssl crt " << certificate.string() << "\n"
        << " acl right ssl_fc_sni www.scv.localhost\n"
        << " acl right_host hdr(host) -m beg www.scv.localhost\n"
        << " http-request return status 421 if !right or !right_host\n"
        << " http-request return status 503 if { path /bad }\n"
        << " http-request return status 302 hdr location /x if { path /moved }\n"
        << " http-request return status 200 content-type text/plain string ok\n";
  }
  void StartHaproxy() {
    const auto space = lab_->net.NamespaceOf("public");
    ProcessSpec spec;
    spec.name = kHaproxy;
    spec.arguments = {"haproxy", "-db", "-f", (lab_->directory.path / "lb.cfg").string()};
    spec.environment = {"PATH=/usr/sbin:/usr/bin"};
    spec.log = lab_->directory.path / "lb.log";
    spec.network_namespace = space.get();
    ASSERT_TRUE(lab_->processes.Start(spec).has_value());
    ASSERT_TRUE(Eventually([&] {
      const auto made = lab_->net.Connect("internet", "203.0.113.5", 443, milliseconds(200));
      return made.error_number == 0;
    }));
  }
  static lab::EndpointCheckSpec Https(const std::string& path = "/readyz") {
    lab::EndpointCheckSpec spec;
    spec.name = "www.scv.localhost";
    spec.path = path;
    spec.interval = milliseconds(250);
    spec.timeout = milliseconds(400);
    return spec;
  }
  void Check(const std::string& id, const lab::EndpointCheckSpec& spec) {
    ASSERT_EQ(ErrorOf(checks_->Ensure(id, spec)), "");
  }
  // Milliseconds until the check says so; -1: it never does.
  double Await(const std::string& id, bool ok, const std::string& detail) {
    const auto begun = Clock::now();
    std::unique_lock lock(mutex_);
    const bool came = changed_.wait_for(lock, std::chrono::seconds(5), [&] {
      return seen_[id].count > 0 && seen_[id].ok == ok && seen_[id].detail == detail;
    });
    if (!came) ADD_FAILURE() << id << " says " << seen_[id].ok << " " << seen_[id].detail;
    return came ? std::chrono::duration<double, std::milli>(Clock::now() - begun).count() : -1;
  }
  lab::CheckSighting Seen(const std::string& id) {
    const std::lock_guard lock(mutex_);
    return seen_[id];
  }

  std::unique_ptr<NameTestLab> lab_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, lab::CheckSighting> seen_;
  std::map<std::string, int> told_;
  std::unique_ptr<EndpointChecks> checks_;
};

TEST_F(EndpointCheck, SeesWhatItsClientsWouldSee) {
  Check("good", Https());
  Check("bad", Https("/bad"));
  Check("moved", Https("/moved?a=b c"));
  auto tcp = Https();
  tcp.protocol = "TCP";
  tcp.name.clear();
  tcp.address = "203.0.113.5";
  Check("tcp", tcp);
  auto by_address = tcp;
  by_address.protocol = "HTTPS";
  by_address.host = "www.scv.localhost";
  Check("address", by_address);
  auto unknown = Https();
  unknown.name = "nothing.scv.localhost";
  Check("unknown", unknown);
  Await("good", true, "200");
  Await("bad", false, "status 503");
  Await("moved", true, "302");
  Await("tcp", true, "connected");
  Await("address", true, "200");
  Await("unknown", false, "there is no name nothing.scv.localhost");

  ASSERT_EQ(ErrorOf(lab_->processes.Signal(kHaproxy, SIGSTOP)), "");
  std::cout << "a hung endpoint is known after " << Await("good", false, "no answer in 400 ms")
            << " ms\n";
  Await("address", false, "no answer in 400 ms");
  ASSERT_EQ(ErrorOf(lab_->processes.Signal(kHaproxy, SIGCONT)), "");
  Await("good", true, "200");
  ASSERT_EQ(ErrorOf(lab_->processes.Signal(kHaproxy, SIGKILL)), "");
  std::cout << "a dead endpoint is known after " << Await("good", false, "refused or unreachable")
            << " ms\n";
  Await("tcp", false, "refused");
  ASSERT_TRUE(Eventually([&] { return !lab_->processes.Find(kHaproxy)->running; }));
  StartHaproxy();
  std::cout << "a new one after " << Await("good", true, "200") << " ms\n";
  // The name leads elsewhere, to nobody.
  SetAddress("203.0.113.99");
  checks_->Remove("address");
  Await("good", false, "refused or unreachable");
  EXPECT_TRUE(Seen("tcp").ok);
}

TEST_F(EndpointCheck, AHungEndpointDelaysNoOther) {
  auto hung = Https();
  hung.port = 444;  // dropped on the way
  hung.timeout = milliseconds(3000);
  for (int i = 0; i < 8; ++i) Check("hung" + std::to_string(i), hung);
  Check("good", Https());
  EXPECT_LT(Await("good", true, "200"), 1000);
  const auto before = Seen("good").count;
  EXPECT_TRUE(Eventually([&] { return Seen("good").count >= before + 2; }));
  EXPECT_EQ(Seen("hung0").count, 0U);
  const auto begun = Clock::now();
  checks_.reset();
  EXPECT_LT(Clock::now() - begun, milliseconds(1000)) << "no waiting for those that hang";
}

TEST_F(EndpointCheck, FourChecksCostNextToNothing) {
  for (int i = 0; i < 4; ++i) Check("c" + std::to_string(i), Https());
  for (int i = 0; i < 4; ++i) Await("c" + std::to_string(i), true, "200");
  const auto cpu = [] {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  };
  const double before = cpu();
  const auto count = Seen("c0").count;
  const auto begun = Clock::now();
  {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, std::chrono::seconds(10),
                                  [&] { return seen_["c0"].count >= count + 12; }));
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  std::cout << "four checks at 4/s: " << 100 * (cpu() - before) / seconds << " % of a CPU\n";
  EXPECT_LT((cpu() - before) / seconds, 0.05);
  // The same again is the same check; another specification counts on.
  const auto same = Seen("c0").count;
  Check("c0", Https());
  Check("c1", Https("/bad"));
  Await("c1", false, "status 503");
  EXPECT_GT(Seen("c1").count, 1U);
  EXPECT_GE(Seen("c0").count, same);
  {
    const std::lock_guard lock(mutex_);
    EXPECT_GE(told_["c0"], 3) << "at least each second";
  }
  auto odd = Https();
  odd.name = "not a name/?#@";
  EXPECT_NE(ErrorOf(checks_->Ensure("odd", odd)), "");
}

}  // namespace
}  // namespace scv::world
