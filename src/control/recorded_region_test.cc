// The whole of infra/terraform as the provider records it (testdata/seoul.json, by
// testdata/record.py), compiled, made and taken down again.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "aws/ipv4.h"
#include "aws/views_compute.h"
#include "control/certificate_plan.h"
#include "control/settled.h"

namespace scv::control {
namespace {

constexpr const char* kSeoul = "ap-northeast-2";

std::string ReadFile(const std::string& name) {
  std::ifstream in(std::filesystem::path(__FILE__).parent_path() / "testdata" / name);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

class RecordedRegion : public ::testing::Test {
 protected:
  RecordedRegion() {
    const auto all = boost::json::parse(ReadFile("seoul.json"));
    for (const auto& value : all.as_array()) {
      const auto& recorded = value.as_object();
      aws::Resource resource;
      resource.key.region = aws::String(recorded, "region");
      resource.key.type = aws::String(recorded, "type");
      resource.key.id = aws::String(recorded, "id");
      resource.attributes = recorded.at("attributes").as_object();
      if (resource.key.type == "aws_autoscaling_group") {
        LaunchOnePerSubnet(resource);
        groups_[resource.key].settled = true;
      }
      state_.Put(std::move(resource));
    }
    environment_.regions = RegionIndexes(state_);
  }

  void LaunchOnePerSubnet(const aws::Resource& resource) {
    const auto group = aws::ReadAutoScalingGroup(resource);
    for (const auto& subnet : group.subnets) {
      InstanceRecord record;
      record.id = "i-" + group.name + std::to_string(records_.size());
      record.region = kSeoul;
      record.subnet_id = subnet;
      record.group = group.name;
      record.launch_template_id = group.launch_template_id;
      record.launch_template_version = 1;
      record.lifecycle = Lifecycle::kInService;
      for (const auto& arn : group.target_group_arns) {
        registrations_.push_back({record.id, arn, false});
      }
      records_.push_back(std::move(record));
    }
  }

  void Compile() {
    plan_ = control::Compile(state_, records_, registrations_, environment_, book_);
    bool decided = false;
    for (const auto& cluster : plan_.databases) {
      for (const auto& node : cluster.sites.front().nodes) {
        decided |= environment_.database_roles.try_emplace(node.key).second;
      }
    }
    if (decided) Compile();
  }

  // As the daemon does it: what stands decides which certificates are issued.
  void Converge() {
    for (int round = 0; round < 20; ++round) {
      const auto* names = observed_.Find(NamesKey());
      if (names != nullptr && names->standing) {
        environment_.validated_certificates =
            ValidatedCertificates(state_, std::get<lab::NamesSpec>(names->standing->spec));
      }
      Compile();
      for (const auto& action : Reconcile(plan_.parts, observed_, ++now_).actions) {
        lab::Sighting sighting;
        sighting.key = action.part.key;
        sighting.revision = action.revision;
        sighting.at = now_;
        sighting.phase = action.kind == lab::Action::Kind::kTakeDown ? lab::Phase::kAbsent
                                                                     : lab::Phase::kRunning;
        observed_.Fold(sighting);
      }
    }
  }

  struct Host {
    std::string tier, address;
    const lab::FirewallSpec* firewall;
  };
  std::vector<Host> Hosts() const {
    std::vector<Host> hosts;
    for (const auto& part : plan_.parts) {
      if (const auto* node = std::get_if<lab::LoadBalancerNodeSpec>(&part.spec)) {
        hosts.push_back({node->load_balancer, node->interface.address, &node->firewall});
      } else if (const auto* database = std::get_if<lab::DatabaseSpec>(&part.spec)) {
        hosts.push_back({"db", database->interface.address, &database->firewall});
      } else if (const auto* instance = std::get_if<lab::InstanceSpec>(&part.spec)) {
        const bool web = part.key.name.starts_with("i-scv-web");
        hosts.push_back({web ? "web" : "was", instance->interface.address, &instance->firewall});
      }
    }
    return hosts;
  }

  aws::DesiredState state_;
  std::vector<InstanceRecord> records_;
  std::vector<Registration> registrations_;
  Environment environment_;
  AddressBook book_;
  LabPlan plan_;
  ObservedParts observed_;
  GroupStatuses groups_;
  Millis now_ = 1000;
};

bool Allows(const std::vector<lab::FirewallRule>& rules, const lab::FirewallSpec& firewall,
            const std::string& other, int port) {
  for (const auto& rule : rules) {
    const bool ports = rule.protocol == "-1" ||
                       (rule.protocol == "tcp" && rule.from_port <= port && port <= rule.to_port);
    const auto prefix = aws::ParsePrefix(rule.cidr);
    const bool side = rule.group.empty()
                          ? prefix && aws::Contains(*prefix, *aws::ParseAddress(other))
                          : firewall.members.at(rule.group).contains(other);
    if (ports && side) return true;
  }
  return false;
}

TEST_F(RecordedRegion, SettlesAsAWhole) {
  Converge();
  EXPECT_TRUE(plan_.missing.empty()) << plan_.missing.begin()->second;
  EXPECT_TRUE(plan_.not_honoured.empty()) << plan_.not_honoured.begin()->second;
  for (const auto& [key, resource] : state_.all()) {
    const auto status = StatusOf(*resource, plan_, observed_, groups_);
    const bool recorded_only = HonouredBy(key.type) == Honoured::kRecordedOnly;
    EXPECT_EQ(status.status, recorded_only ? aws::Status::kRecorded : aws::Status::kAvailable)
        << key.type << ' ' << key.id << ": " << status.reason;
  }
}

TEST_F(RecordedRegion, IsMadeOfThis) {
  Converge();
  std::map<std::string, int> counts;
  for (const auto& part : plan_.parts) ++counts[std::string(lab::Name(part.key.kind))];
  const std::map<std::string, int> expected{
      {"internet", 1}, {"router", 1},      {"name server", 2}, {"names", 2},
      {"database", 1}, {"certificate", 1}, {"instance", 4},    {"load balancer node", 4},
      {"door", 1},     {"health check", 2}};
  EXPECT_EQ(counts, expected);
  for (const auto& part : plan_.parts) {
    if (const auto* node = std::get_if<lab::LoadBalancerNodeSpec>(&part.spec)) {
      EXPECT_EQ(node->listeners.size(), node->internal ? 1U : 2U);
      EXPECT_EQ(node->listeners.back().certificates.size(), 1U);
      ASSERT_EQ(node->target_groups.size(), 1U);
      EXPECT_EQ(node->target_groups[0].targets.size(), 2U);
    } else if (const auto* database = std::get_if<lab::DatabaseSpec>(&part.spec)) {
      EXPECT_EQ(database->parameters.at("require_secure_transport"), "1");
      EXPECT_EQ(database->master_username, "memo");
      EXPECT_TRUE(database->endpoint.ends_with(".ap-northeast-2.rds.amazonaws.com"));
    } else if (const auto* instance = std::get_if<lab::InstanceSpec>(&part.spec)) {
      EXPECT_EQ(instance->user_data, "#!/bin/sh\n");
      EXPECT_GT(instance->limits.memory_bytes, 0);
    }
  }
}

// Who reaches whom on which port: exactly the chain, and HTTPS outwards from the instances.
TEST_F(RecordedRegion, LetsThroughTheChainAndNothingElse) {
  Converge();
  std::set<std::string> paths;
  const auto hosts = Hosts();
  for (const auto& from : hosts) {
    for (const auto& to : hosts) {
      for (const int port : {22, 80, 443, 3306, 8000, 8080, 9000}) {
        if (from.address != to.address &&
            Allows(from.firewall->egress, *from.firewall, to.address, port) &&
            Allows(to.firewall->ingress, *to.firewall, from.address, port)) {
          paths.insert(from.tier + " " + to.tier + " " + std::to_string(port));
        }
      }
    }
  }
  std::set<std::string> kinds;
  for (const auto& path : paths) kinds.insert(path.substr(0, path.rfind(' ')));
  EXPECT_EQ(kinds, (std::set<std::string>{"scv-front web", "web scv-back", "web scv-front",
                                          "was scv-front", "scv-back was", "was db"}))
      << "the front is public, so instances may call it through their HTTPS rule";
  EXPECT_EQ(paths.size(), 6U) << "one port each";
  EXPECT_TRUE(paths.contains("was db 3306"));
}

TEST_F(RecordedRegion, OnlyTheDatabaseTierHasNoWayOut) {
  Compile();
  const auto* part =
      plan_.Find({lab::PartKind::kRouter, kSeoul, state_.List("aws_vpc")[0]->key.id});
  ASSERT_NE(part, nullptr);
  const auto& router = std::get<lab::RouterSpec>(part->spec);
  std::map<std::string, int> without;
  for (const auto& subnet : router.subnets) {
    const auto* resource = state_.Find(kSeoul, "aws_subnet", subnet.id);
    const auto tier = aws::String(*aws::Block(resource->attributes, "tags"), "Tier");
    if (subnet.routes.size() == 1) ++without[tier];
    for (const auto& route : subnet.routes) {
      EXPECT_NE(route.target, lab::RouteTarget::kBlackhole) << tier;
      if (route.destination == "0.0.0.0/0") {
        EXPECT_EQ(route.target == lab::RouteTarget::kInternetGateway, tier == "public");
      }
    }
  }
  EXPECT_EQ(without, (std::map<std::string, int>{{"db", 2}}));
  EXPECT_EQ(router.nat_addresses.size(), 2U);
}

TEST_F(RecordedRegion, GoesCompletely) {
  Converge();
  std::vector<aws::Resource> resources;
  for (const auto& [key, resource] : state_.all()) resources.push_back(*resource);
  for (auto& resource : resources) {
    resource.status = aws::Status::kDeleting;
    groups_[resource.key].gone = true;
    state_.Put(resource);
  }
  records_.clear();
  registrations_.clear();
  Converge();
  EXPECT_TRUE(observed_.all().empty());
  for (const auto& [key, resource] : state_.all()) {
    EXPECT_TRUE(StatusOf(*resource, plan_, observed_, groups_).gone) << key.type;
  }
}

}  // namespace
}  // namespace scv::control
