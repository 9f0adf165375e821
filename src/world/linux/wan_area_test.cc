// The wide area between two regions, with real routers, a real relay and real sockets.
#include "world/linux/wan_area.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdio>
#include <vector>

#include "world/linux/wan_test_lab.h"

namespace scv::world {
namespace {

using Clock = std::chrono::steady_clock;

class WideAreaTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = WhyNoNamespaces(); !why.empty()) GTEST_SKIP() << why;
    lab_ = std::make_unique<WanTestLab>();
    lab_->EnsureRegions();
  }

  UniqueFd DatagramSocket(std::string_view at) {
    UniqueFd made;
    const UniqueFd place = lab_->NamespaceOf(at);
    RunInside(place.get(),
              [&] { made = UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)); });
    return made;
  }

  std::unique_ptr<WanTestLab> lab_;
};

TEST_F(WideAreaTest, ReplicationPassesWithTheDelayOfTheDistance) {
  lab_->EnsureWideArea(35);
  const double first = lab_->ConnectMillis("db", "far-db", "10.20.3.5", 3306);
  const double second = lab_->ConnectMillis("far-db", "db", "10.0.3.5", 3306);
  std::printf("connected in %.1f and %.1f ms with 35 ms each way\n", first, second);
  for (const double millis : {first, second}) {
    EXPECT_GE(millis, 70);
    EXPECT_LT(millis, 150);
  }
  const TestFlow flow = lab_->Open("db", "far-db", "10.20.3.5", 3306);
  EXPECT_EQ(flow.server.peer, "10.0.3.5") << "private addresses are kept";
  EXPECT_TRUE(flow.Lives());
}

TEST_F(WideAreaTest, NothingElsePassesWithoutARouteAtBothEnds) {
  lab_->EnsureWideArea(0);
  const UniqueFd other = lab_->Listen("far-db", 3307), database = lab_->Listen("far-db", 3306);
  const UniqueFd service = lab_->Listen("far-was", 9000);
  EXPECT_TRUE(lab_->IsSilent("db", "10.20.3.5", 3307));
  EXPECT_TRUE(lab_->IsSilent("was", "10.20.3.5", 3306));
  EXPECT_TRUE(lab_->IsSilent("was", "10.20.2.5", 9000));
  lab_->AddRoute(lab_->router, "was", "10.20.0.0/16");
  EXPECT_TRUE(lab_->IsSilent("was", "10.20.2.5", 9000)) << "there is no way back";
  lab_->AddRoute(lab_->tokyo, "far-was", "10.0.0.0/16");
  const TestFlow flow{lab_->Connect("was", "10.20.2.5", 9000), AcceptAt(service)};
  EXPECT_EQ(flow.server.peer, "10.0.2.5");
  EXPECT_TRUE(flow.Lives());
  EXPECT_TRUE(lab_->Open("far-was", "was", "10.0.2.5", 9000).Lives());
  EXPECT_TRUE(lab_->IsSilent("web", "10.20.2.5", 9000)) << "its subnet has no route";
  // A route that goes takes its connections with it.
  lab_->tokyo.subnets[0].routes.clear();
  ASSERT_EQ(ErrorOf(lab_->network->EnsureRouter(lab_->tokyo)), "");
  EXPECT_TRUE(flow.IsCut());
}

TEST_F(WideAreaTest, BreaksAndHealsWhileConnectionsStand) {
  lab_->EnsureWideArea(5);
  const TestFlow flow = lab_->Open("db", "far-db", "10.20.3.5", 3306);
  ASSERT_TRUE(flow.Lives());
  const auto relay = lab_->processes.Find(kWideAreaProcess);
  ASSERT_EQ(ErrorOf(lab_->wide_areas->Impair({.partitioned = true})), "");
  EXPECT_TRUE(flow.IsCut());
  ASSERT_EQ(ErrorOf(lab_->wide_areas->Impair({})), "");
  EXPECT_TRUE(flow.LivesAgain());
  ASSERT_EQ(ErrorOf(lab_->wide_areas->Impair({.delay = 60})), "");
  EXPECT_GE(lab_->ConnectMillis("far-db", "db", "10.0.3.5", 3306), 120);
  ASSERT_EQ(ErrorOf(lab_->wide_areas->Impair({})), "");
  EXPECT_LT(lab_->ConnectMillis("far-db", "db", "10.0.3.5", 3306), 120);
  EXPECT_EQ(lab_->processes.Find(kWideAreaProcess)->pid, relay->pid);
}

TEST_F(WideAreaTest, LosesWhatItIsToldTo) {
  constexpr int kSent = 400;
  lab_->EnsureWideArea(0);
  lab_->AddRoute(lab_->router, "was", "10.20.0.0/16");
  lab_->AddRoute(lab_->tokyo, "far-was", "10.0.0.0/16");
  ASSERT_EQ(ErrorOf(lab_->wide_areas->Impair({.loss_percent = 50})), "");
  const UniqueFd from = DatagramSocket("was"), to = DatagramSocket("far-was");
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(7000);
  ASSERT_EQ(::inet_pton(AF_INET, "10.20.2.5", &name.sin_addr), 1);
  ASSERT_EQ(::bind(to.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
  int arrived = 0;
  for (int sent = 0; sent < kSent; ++sent) {
    ::sendto(from.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&name), sizeof(name));
    char byte = 0;
    while (::recv(to.get(), &byte, 1, MSG_DONTWAIT) == 1) ++arrived;
  }
  pollfd waiting{.fd = to.get(), .events = POLLIN, .revents = 0};
  char byte = 0;
  while (::poll(&waiting, 1, 100) == 1 && ::recv(to.get(), &byte, 1, MSG_DONTWAIT) == 1) ++arrived;
  EXPECT_GT(arrived, kSent * 3 / 10);
  EXPECT_LT(arrived, kSent * 7 / 10);
}

TEST_F(WideAreaTest, OutlivesTheDaemonAndIsMadeAgainWhenItDies) {
  lab_->EnsureWideArea(0);
  const TestFlow flow = lab_->Open("db", "far-db", "10.20.3.5", 3306);
  const int relay = lab_->processes.Find(kWideAreaProcess)->pid;
  lab_->RestartAll();
  lab_->EnsureRegions();
  lab_->EnsureWideArea(0);
  EXPECT_EQ(lab_->processes.Find(kWideAreaProcess)->pid, relay);
  EXPECT_TRUE(flow.Lives());
  // The relay dies.
  ASSERT_TRUE(lab_->processes.Signal(kWideAreaProcess, SIGKILL).has_value());
  ASSERT_TRUE(Eventually([&] { return !lab_->processes.Find(kWideAreaProcess)->running; }));
  lab_->EnsureWideArea(0);
  EXPECT_TRUE(flow.LivesAgain());
  // A router goes and comes again, and its end of the link with it.
  ASSERT_EQ(ErrorOf(lab_->network->RemoveHost("far-db")), "");
  ASSERT_EQ(ErrorOf(lab_->network->RemoveHost("far-was")), "");
  ASSERT_EQ(ErrorOf(lab_->network->RemoveRouter("vpc-far")), "");
  lab_->EnsureRegions();
  lab_->EnsureWideArea(0);
  EXPECT_TRUE(lab_->Open("db", "far-db", "10.20.3.5", 3306).Lives());
}

TEST_F(WideAreaTest, IsFastWithoutADelay) {
  lab_->EnsureWideArea(0);
  const TestFlow flow = lab_->Open("db", "far-db", "10.20.3.5", 3306);
  ASSERT_TRUE(flow.Lives());
  const std::vector<char> block(256 << 10);
  std::vector<char> taken(1 << 20);
  std::size_t received = 0;
  const auto start = Clock::now();
  const auto end = start + std::chrono::milliseconds(200);
  while (Clock::now() < end) {
    ::send(flow.client.fd.get(), block.data(), block.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    const ssize_t size = ::recv(flow.server.fd.get(), taken.data(), taken.size(), MSG_DONTWAIT);
    if (size > 0) received += static_cast<std::size_t>(size);
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const double gigabits = 8e-9 * static_cast<double>(received) / seconds;
  std::printf("%.2f Gbit/s without a delay\n", gigabits);
  EXPECT_GT(gigabits, 0.1);
}

TEST_F(WideAreaTest, RefusesWhatIsNone) {
  lab::WideAreaSpec wrong = lab_->wide_area;
  wrong.b.address = "100.65.9.2/30";
  EXPECT_EQ(lab_->wide_areas->Ensure(kWideAreaProcess, wrong).error().kind, ErrorKind::kInvalid);
  wrong = lab_->wide_area;
  wrong.delay = kWanDelayMax + 1;
  EXPECT_EQ(lab_->wide_areas->Ensure(kWideAreaProcess, wrong).error().kind, ErrorKind::kInvalid);
  wrong = lab_->wide_area;
  wrong.b.vpc_id = "vpc-none";
  EXPECT_EQ(lab_->wide_areas->Ensure(kWideAreaProcess, wrong).error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace scv::world
