#include "drill/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "drill/json_read.h"

namespace scv::drill {
namespace {

namespace json = boost::json;

bool Serves(const json::object& instance) {
  const auto health = Text(instance, "health");
  return Text(instance, "lifecycle") == "in service" &&
         (health == "healthy" || health == "no load balancer");
}

bool IsRolling(const json::object& fleet) {
  const auto* refresh = Object(fleet, "refresh");
  if (refresh == nullptr) return false;
  const auto status = Text(*refresh, "status");
  return status == "Pending" || status == "InProgress" || status == "RollbackInProgress" ||
         status == "Cancelling";
}

class Reader {
 public:
  explicit Reader(const json::object& status) : status_(status) {}

  Picture Read() {
    picture_.pace = Text(status_, "pace");
    for (const auto* region : Objects(status_, "regions")) ReadRegion(*region);
    for (const auto* cluster : Objects(status_, "databases")) ReadCluster(*cluster);
    for (const auto* pending : Objects(status_, "pending")) {
      Miss(Text(*pending, "id") + " is " + Text(*pending, "status"));
    }
    if (picture_.regions.empty()) Miss("nothing is applied");
    if (picture_.writer_region.empty() && !picture_.regions.empty()) {
      const auto* primary = picture_.FindRole("primary");
      picture_.writer_region = primary == nullptr ? picture_.regions.front() : primary->region;
    }
    picture_.whole = picture_.missing.empty();
    return std::move(picture_);
  }

 private:
  void Miss(std::string what) {
    if (picture_.missing.empty()) picture_.missing = std::move(what);
  }

  void ReadRegion(const json::object& region) {
    const auto name = Text(region, "region");
    if (!Objects(region, "load_balancers").empty()) picture_.regions.push_back(name);
    std::set<std::string> zones;
    for (const auto* balancer : Objects(region, "load_balancers")) {
      for (const auto* node : Objects(*balancer, "nodes")) {
        zones.insert(Text(*node, "zone"));
        if (Text(*node, "phase") != "running") {
          Miss(Text(*node, "name") + " is " + Text(*node, "phase"));
        }
      }
    }
    for (const auto* fleet : Objects(region, "fleets")) ReadFleet(*fleet, name, zones.size() > 1);
    for (const auto* node : Objects(region, "databases")) ReadNode(*node, name);
  }

  // Two in the same zone are none when it fails.
  void ReadFleet(const json::object& fleet, const std::string& region, bool several_zones) {
    const auto name = Text(fleet, "name");
    long long serving = 0;
    std::set<std::string> zones;
    for (const auto* instance : Objects(fleet, "instances")) {
      const bool serves = Serves(*instance);
      serving += serves ? 1 : 0;
      if (serves) zones.insert(Text(*instance, "zone"));
      picture_.instances.push_back(
          {Text(*instance, "id"), name, region, Text(*instance, "zone"), serves});
      // Still counted as in service, but nobody is served by it.
      if (!serves && Text(*instance, "lifecycle") == "in service") {
        Miss(Text(*instance, "id") + " is " + Text(*instance, "health"));
      }
    }
    if (serving < Number(fleet, "desired")) {
      Miss(fmt::format("{} has {} of {} in service", name, serving, Number(fleet, "desired")));
    }
    if (several_zones && serving > 1 && zones.size() == 1) {
      Miss(fmt::format("all of {} are in {}", name, *zones.begin()));
    }
    if (IsRolling(fleet)) Miss(name + " is being refreshed");
  }

  void ReadNode(const json::object& node, const std::string& region) {
    auto name = Text(node, "node");
    if (name.empty()) name = Text(node, "id");
    auto role = Text(node, "role");
    if (role.empty()) role = "primary";
    const bool running = Text(node, "phase") == "running";
    if (!running) Miss(name + " is " + Text(node, "phase"));
    picture_.databases.push_back({name, region, Text(node, "zone"), role, running});
  }

  void ReadCluster(const json::object& cluster) {
    const auto writer = Text(cluster, "writer");  // "ap-northeast-2/scv-memo"
    if (picture_.writer_region.empty()) {
      picture_.writer_region = writer.substr(0, writer.find('/'));
    }
    if (!Flag(cluster, "redundant")) {
      const auto why = Text(cluster, "redundancy");
      Miss(why.empty() ? "the database is not redundant" : why);
    }
  }

  const json::object& status_;
  Picture picture_;
};

}  // namespace

const Picture::DatabaseNode* Picture::FindRole(std::string_view role) const {
  // The primary of the region that takes writes, where several could be meant.
  const DatabaseNode* any = nullptr;
  for (const auto& node : databases) {
    if (node.role != role) continue;
    if (node.region == writer_region) return &node;
    if (any == nullptr) any = &node;
  }
  return any;
}

Picture ReadPicture(const json::object& status) { return Reader(status).Read(); }

}  // namespace scv::drill
