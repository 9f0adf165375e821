#include "drill/picture.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace scv::drill {
namespace {

namespace json = boost::json;

// A lab in which nothing is missing.
json::object Whole() {
  return json::parse(R"({
    "pace":"lab","pending":[],
    "databases":[{"name":"c","writer":"ap-northeast-2/scv","redundant":true,"redundancy":""}],
    "regions":[{"region":"ap-northeast-2",
      "load_balancers":[{"nodes":[{"name":"front/a","phase":"running"}]}],
      "fleets":[{"name":"memo-was","desired":1,"refresh":{"status":""},
        "instances":[{"id":"i-1","zone":"a","lifecycle":"in service","health":"healthy"},
                     {"id":"i-2","zone":"a","lifecycle":"terminating","health":"waiting"}]}],
      "databases":[{"node":"scv","zone":"a","role":"primary","phase":"running"},
                   {"node":"scv/2","zone":"c","role":"standby","phase":"running"}]}]})")
      .as_object();
}

std::string Missing(const json::object& status) {
  const auto picture = ReadPicture(status);
  EXPECT_EQ(picture.whole, picture.missing.empty());
  return picture.missing;
}

TEST(DrillPicture, ReadsAWholeLab) {
  const auto picture = ReadPicture(Whole());
  EXPECT_TRUE(picture.whole) << picture.missing;
  EXPECT_EQ(picture.writer_region, "ap-northeast-2");
  EXPECT_EQ(picture.instances.size(), 2U);
  EXPECT_EQ(picture.FindRole("standby")->node, "scv/2");
  EXPECT_EQ(picture.FindRole("replica"), nullptr);
}

TEST(DrillPicture, AFleetInOneZoneOfSeveralIsNotWhole) {
  auto status = Whole();
  auto& region = status["regions"].as_array()[0].as_object();
  auto& fleet = region["fleets"].as_array()[0].as_object();
  fleet["desired"] = 2;
  auto& second = fleet["instances"].as_array()[1].as_object();
  second["lifecycle"] = "in service";
  second["health"] = "healthy";
  EXPECT_EQ(Missing(status), "") << "there is one zone only";
  auto& nodes = region["load_balancers"].as_array()[0].as_object()["nodes"].as_array();
  nodes[0].as_object()["zone"] = "a";
  nodes.push_back({{"name", "front/c"}, {"phase", "running"}, {"zone", "c"}});
  EXPECT_EQ(Missing(status), "all of memo-was are in a");
  second["zone"] = "c";
  EXPECT_EQ(Missing(status), "");
}

TEST(DrillPicture, SaysWhatIsMissing) {
  auto status = Whole();
  status["databases"].as_array()[0].as_object()["redundant"] = false;
  status["databases"].as_array()[0].as_object()["redundancy"] = "the standby is being cloned";
  EXPECT_EQ(Missing(status), "the standby is being cloned");

  status = Whole();
  auto& region = status["regions"].as_array()[0].as_object();
  auto& fleet = region["fleets"].as_array()[0].as_object();
  fleet["instances"].as_array()[0].as_object()["health"] = "unhealthy";
  EXPECT_EQ(Missing(status), "i-1 is unhealthy");
  fleet["instances"].as_array()[0].as_object()["health"] = "healthy";
  fleet["desired"] = 2;
  EXPECT_EQ(Missing(status), "memo-was has 1 of 2 in service");
  fleet["desired"] = 1;
  fleet["refresh"].as_object()["status"] = "InProgress";
  EXPECT_EQ(Missing(status), "memo-was is being refreshed");

  status = Whole();
  status["pending"] = {{{"id", "x"}, {"status", "pending"}}};
  EXPECT_EQ(Missing(status), "x is pending");
  EXPECT_EQ(Missing({}), "nothing is applied");
}

}  // namespace
}  // namespace scv::drill
