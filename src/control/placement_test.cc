#include "control/placement.h"

#include <gtest/gtest.h>

namespace scv::control {
namespace {

class PlacementTest : public testing::Test {
 protected:
  std::string Zone() {
    placement_ = Place({subnets_, counts_, ties_, troubles_, booting_, 1'000});
    return placement_.subnet == nullptr ? "" : placement_.subnet->zone;
  }
  std::vector<GroupSubnet> subnets_{{"s-a", "a"}, {"s-b", "b"}, {"s-c", "c"}};
  std::map<std::string, int> counts_, ties_, booting_;
  std::map<std::string, ZoneTrouble> troubles_;
  Placement placement_;
};

TEST_F(PlacementTest, TheZoneWithTheFewest) {
  EXPECT_EQ(Zone(), "a");
  counts_ = {{"a", 2}, {"b", 1}, {"c", 2}};
  EXPECT_EQ(Zone(), "b");
  counts_ = {};
  ties_ = {{"a", 1}, {"b", 1}};
  EXPECT_EQ(Zone(), "c");
}

TEST_F(PlacementTest, NotWhereLaunchesFail) {
  troubles_["a"] = {.failures = 2, .last_at = 0, .until = 5'000, .why = ""};
  EXPECT_EQ(Zone(), "b");
  EXPECT_EQ(placement_.again_at, 5'000);
  troubles_["a"].until = 900;
  EXPECT_EQ(Zone(), "a");
  booting_["a"] = 1;  // one try at a time
  EXPECT_EQ(Zone(), "b");
}

TEST_F(PlacementTest, NowhereIfAllFail) {
  for (const char* zone : {"a", "b", "c"}) {
    troubles_[zone] = {.failures = 3, .last_at = 0, .until = 2'000 + zone[0], .why = ""};
  }
  EXPECT_EQ(Zone(), "");
  EXPECT_EQ(placement_.again_at, 2'000 + 'a');
}

TEST_F(PlacementTest, Imbalance) {
  EXPECT_EQ(Imbalance(subnets_, {{"a", 3}, {"b", 2}, {"c", 2}}), 1);
  EXPECT_EQ(Imbalance(subnets_, {{"a", 3}, {"b", 2}}), 3);
  EXPECT_EQ(Imbalance({}, {}), 0);
}

}  // namespace
}  // namespace scv::control
