// Faults of the networks, with real namespaces and established connections.
#include <gtest/gtest.h>

#include <cerrno>

#include "world/linux/wan_test_lab.h"

namespace scv::world {
namespace {

class NetworkFaultsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = WhyNoNamespaces(); !why.empty()) GTEST_SKIP() << why;
    lab_ = std::make_unique<WanTestLab>();
    lab_->EnsureRegions();
  }
  void Set(const lab::NetworkFaults& faults) {
    ASSERT_EQ(ErrorOf(lab_->network->SetFaults(faults)), "");
  }

  std::unique_ptr<WanTestLab> lab_;
  const lab::NetworkFaults zone_c_{{{"ap-northeast-2", "ap-northeast-2c"}}, {}, {}};
};

TEST_F(NetworkFaultsTest, ACutZoneTalksToItselfAloneUntilItHeals) {
  const TestFlow across = lab_->Open("web", "was", "10.0.2.5", 9000);
  const TestFlow inside = lab_->Open("was", "db", "10.0.3.5", 3306);
  const TestFlow out = lab_->Open("was", "internet", "198.51.100.10", 443);
  const TestFlow elsewhere = lab_->Open("internet", "public", "203.0.113.5", 443);
  auto resolver = lab_->network->Listen("vpc-test", "10.0.0.2", 53);
  ASSERT_TRUE(resolver.has_value());
  EXPECT_EQ(lab_->Connect("was", "10.0.0.2", 53).error_number, 0);
  Set(zone_c_);
  EXPECT_TRUE(across.IsCut());
  EXPECT_TRUE(out.IsCut());
  EXPECT_TRUE(inside.Lives()) << "its subnets may talk among each other";
  EXPECT_TRUE(elsewhere.Lives());
  EXPECT_TRUE(lab_->IsSilent("was", "10.0.0.2", 53)) << "the resolver is the router's";
  EXPECT_EQ(lab_->Connect("web", "10.0.0.2", 53).error_number, 0);
  EXPECT_TRUE(lab_->IsSilent("vpc-test", "10.0.3.5", 3306)) << "nor does the router get in";
  Set({});
  EXPECT_TRUE(across.LivesAgain());
  EXPECT_TRUE(out.LivesAgain());
  EXPECT_EQ(lab_->Connect("was", "10.0.0.2", 53).error_number, 0);
}

TEST_F(NetworkFaultsTest, OtherChangesLeaveFaultsAlone) {
  const TestFlow across = lab_->Open("web", "was", "10.0.2.5", 9000);
  lab::NetworkFaults faults = zone_c_;
  faults.hosts = {"web"};
  Set(faults);
  Set(faults);
  lab_->router.public_addresses.clear();
  lab_->router.subnets[2].routes.clear();
  lab_->firewalls["web"].egress = {Allow("tcp", 9000, "0.0.0.0/0")};
  lab_->interfaces["late"] = InterfaceAt(lab_->router, "was", 6);
  lab_->firewalls["late"] = lab_->firewalls["was"];
  lab_->EnsureRegions();
  EXPECT_TRUE(across.IsCut());
  const UniqueFd late = lab_->Listen("late", 9000);
  EXPECT_TRUE(lab_->IsSilent("public", "10.0.2.6", 9000)) << "made meanwhile";
  EXPECT_EQ(lab_->Connect("was", "10.0.2.6", 9000).error_number, 0);
}

TEST_F(NetworkFaultsTest, FaultsSurviveTheDaemonOnlyIfTheyAreSaidAgain) {
  const TestFlow across = lab_->Open("web", "was", "10.0.2.5", 9000);
  Set(zone_c_);
  lab_->RestartAll();
  EXPECT_TRUE(across.IsCut());
  Set(zone_c_);
  lab_->EnsureRegions();
  EXPECT_TRUE(across.IsCut());
  lab_->RestartAll();
  lab_->EnsureRegions();
  EXPECT_TRUE(across.LivesAgain());
  // A host is known by its name alone.
  Set({{}, {}, {"web"}});
  lab_->RestartAll();
  Set({{}, {}, {"web"}});
  EXPECT_TRUE(across.IsCut());
  Set({});
  EXPECT_TRUE(across.LivesAgain());
}

TEST_F(NetworkFaultsTest, ACutRegionHasOnlyItself) {
  lab_->EnsureWideArea(0);
  const TestFlow inside = lab_->Open("web", "was", "10.0.2.5", 9000);
  const TestFlow in = lab_->Open("internet", "public", "203.0.113.5", 443);
  const TestFlow out = lab_->Open("was", "internet", "198.51.100.10", 443);
  const TestFlow wide = lab_->Open("db", "far-db", "10.20.3.5", 3306);
  Set({{}, {"ap-northeast-2"}, {}});
  EXPECT_TRUE(in.IsCut());
  EXPECT_TRUE(out.IsCut());
  EXPECT_TRUE(wide.IsCut());
  EXPECT_TRUE(inside.Lives());
  const UniqueFd listener = lab_->Listen("internet", 443);
  EXPECT_TRUE(lab_->IsSilent("vpc-test", "198.51.100.10", 443)) << "the router's own";
  EXPECT_TRUE(lab_->IsSilent("internet", "203.0.113.5", 443));
  Set({});
  for (const TestFlow* flow : {&in, &out, &wide}) EXPECT_TRUE(flow->LivesAgain());
}

TEST_F(NetworkFaultsTest, ACutHostHearsNobody) {
  lab_->interfaces["neighbour"] = InterfaceAt(lab_->router, "db", 6);
  lab_->firewalls["neighbour"] = lab_->firewalls["db"];
  ASSERT_EQ(lab_->EnsureHost("neighbour"), "");
  const TestFlow routed = lab_->Open("was", "db", "10.0.3.5", 3306);
  const TestFlow bridged = lab_->Open("neighbour", "db", "10.0.3.5", 3306);
  const TestFlow other = lab_->Open("was", "neighbour", "10.0.3.6", 3306);
  auto metadata = lab_->network->Listen("db", "169.254.169.254", lab::kMetadataPort);
  ASSERT_TRUE(metadata.has_value());
  EXPECT_EQ(lab_->Connect("db", "169.254.169.254", 80).error_number, 0);
  Set({{}, {}, {"db"}});
  EXPECT_TRUE(routed.IsCut());
  EXPECT_TRUE(bridged.IsCut());
  EXPECT_TRUE(other.Lives());
  EXPECT_TRUE(lab_->IsSilent("db", "169.254.169.254", 80));
  EXPECT_TRUE(lab_->IsSilent("vpc-test", "10.0.3.5", 3306));
  Set({});
  EXPECT_TRUE(routed.LivesAgain());
  EXPECT_TRUE(bridged.LivesAgain());
  EXPECT_EQ(lab_->Connect("db", "169.254.169.254", 80).error_number, 0);
}

}  // namespace
}  // namespace scv::world
