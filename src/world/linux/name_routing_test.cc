#include <gtest/gtest.h>

#include <chrono>
#include <iostream>

#include "world/linux/dns_query.h"
#include "world/linux/name_test_lab.h"

namespace scv::world {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using Values = std::vector<std::string>;

class NameRouting : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto why = NameTestLab::WhyNot(); !why.empty()) GTEST_SKIP() << why;
    lab_ = std::make_unique<NameTestLab>();
  }
  static double Since(Clock::time_point begun) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
  }
  std::unique_ptr<NameTestLab> lab_;
};

TEST_F(NameRouting, AFailoverOfOneRecordAmongManyIsAnsweredAtOnce) {
  const auto zone = [](const std::string& address) {
    std::vector<lab::RecordSpec> records;
    for (int i = 0; i < 200; ++i) {
      records.push_back({.name = "h" + std::to_string(i) + ".scv.localhost",
                         .type = "A",
                         .ttl = 60,
                         .values = {"10.0.9.9"}});
    }
    records.push_back({.name = "api.scv.localhost", .type = "A", .ttl = 1, .values = {address}});
    return NameTestLab::Zone("scv.localhost", std::move(records));
  };
  ASSERT_EQ(ErrorOf(lab_->names.Ensure("", zone("203.0.113.1"))), "");
  lab_->StartServer("");
  const auto space = lab_->net.NamespaceOf("internet");
  const auto ask = [&] {
    return QueryDns(space.get(), lab_->net.internet.resolver, "api.scv.localhost", "A",
                    milliseconds(2000))
        .value_or(Values());
  };
  ASSERT_EQ(ask(), Values{"203.0.113.1"});
  Values written;
  double slowest_write = 0;
  double slowest = 0;
  for (int i = 2; i < 22; ++i) {
    const std::string address = "203.0.113." + std::to_string(i);
    const auto spec = zone(address);
    const auto begun = Clock::now();
    ASSERT_EQ(ErrorOf(lab_->names.Ensure("", spec)), "");
    slowest_write = std::max(slowest_write, Since(begun));
    ASSERT_EQ(ask(), Values{address}) << "the next query sees it";
    slowest = std::max(slowest, Since(begun));
  }
  std::cout << "a record is changed in at most " << slowest_write << " ms, answered after "
            << slowest << " ms\n";
  // Another process of this program takes the file up.
  NameDatabases again(lab_->directory.path);
  ASSERT_EQ(ErrorOf(again.Ensure("", zone("203.0.113.99"))), "");
  EXPECT_EQ(ask(), Values{"203.0.113.99"});
}

TEST_F(NameRouting, APrivateZoneIsSeenInItsVpcOnly) {
  auto inside =
      NameTestLab::Zone("internal.scv.localhost", {{.name = "db.internal.scv.localhost",
                                                    .type = "CNAME",
                                                    .ttl = 1,
                                                    .values = {"memo.c1.rds.amazonaws.com."}}});
  const auto aws = NameTestLab::Zone(
      "amazonaws.com",
      {{.name = "memo.c1.rds.amazonaws.com", .type = "A", .ttl = 1, .values = {"10.0.3.5"}}});
  inside.zones.insert(aws.zones.begin(), aws.zones.end());
  ASSERT_EQ(ErrorOf(lab_->names.Ensure("", aws)), "");
  ASSERT_EQ(ErrorOf(lab_->names.Ensure(lab_->vpc, inside)), "");
  lab_->StartServer("");
  lab_->StartServer(lab_->vpc);
  EXPECT_EQ(lab_->Dig(lab_->vpc, "db.internal.scv.localhost"),
            "memo.c1.rds.amazonaws.com.\n10.0.3.5");
  EXPECT_EQ(lab_->Dig("", "db.internal.scv.localhost"), "");
  EXPECT_EQ(lab_->Dig("", "memo.c1.rds.amazonaws.com"), "10.0.3.5");
  ASSERT_EQ(ErrorOf(lab_->names.Remove(lab_->vpc)), "");
  EXPECT_EQ(lab_->Dig(lab_->vpc, "db.internal.scv.localhost"), "");
  EXPECT_EQ(lab_->Dig("", "memo.c1.rds.amazonaws.com"), "10.0.3.5");
}

TEST_F(NameRouting, TheClientsSubnetDecidesWhatItGets) {
  const auto zone = [](const std::string& japan) {
    return NameTestLab::Zone(
        "scv.localhost",
        {{.name = "api.scv.localhost",
          .type = "A",
          .ttl = 1,
          .values = {"203.0.113.9"},
          .by_location = {{"KR", {"203.0.113.1"}},
                          {"continent:AS", {japan}},
                          {"continent:EU", {"203.0.113.3", "203.0.113.4"}}}},
         {.name = "only.scv.localhost",
          .type = "A",
          .ttl = 1,
          .values = {},
          .by_location = {{"JP", {"203.0.113.2"}}}},
         {.name = "www.scv.localhost", .type = "A", .ttl = 1, .values = {"203.0.113.8"}}});
  };
  ASSERT_EQ(ErrorOf(lab_->names.Ensure("", zone("203.0.113.2"))), "");
  lab_->StartServer("");
  const auto at = [&](const std::string& subnet) {
    return lab_->Dig("", "api.scv.localhost", "A", subnet);
  };
  EXPECT_EQ(at(""), "203.0.113.1") << "the lab's own client, 198.51.100.1, is in Korea";
  EXPECT_EQ(at("198.51.100.0/25"), "203.0.113.1");
  EXPECT_EQ(at("198.51.100.200/32"), "203.0.113.2");
  EXPECT_EQ(at("2001:db8:81::/56"), "203.0.113.2");
  EXPECT_EQ(at("192.0.2.0/24"), "203.0.113.9") << "nowhere";
  const auto europe = at("2001:db8:49::1/128");
  EXPECT_TRUE(europe == "203.0.113.3\n203.0.113.4" || europe == "203.0.113.4\n203.0.113.3")
      << europe;
  EXPECT_EQ(lab_->Dig("", "only.scv.localhost", "A", "198.51.100.200/32"), "203.0.113.2");
  EXPECT_EQ(lab_->Dig("", "only.scv.localhost", "A", "192.0.2.0/24"), "") << "no default";
  EXPECT_EQ(lab_->Dig("", "www.scv.localhost", "A", "198.51.100.200/32"), "203.0.113.8");
  EXPECT_EQ(lab_->Dig("", "api.scv.localhost", "TXT"), "");
  ASSERT_EQ(ErrorOf(lab_->names.Ensure("", zone("203.0.113.77"))), "");
  EXPECT_EQ(at("198.51.100.200/32"), "203.0.113.77") << "the next query sees it";
}

}  // namespace
}  // namespace scv::world
