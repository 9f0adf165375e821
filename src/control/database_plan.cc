#include "control/database_plan.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "aws/ipv4.h"

namespace scv::control {
namespace {

constexpr int kNodesMost = 2;

std::string OwnerOf(const aws::DbInstance& database, int node) {
  auto owner = database.region() + "/db/" + database.identifier;
  return node == 0 ? owner : owner + "/2";
}

std::vector<const aws::Subnet*> SubnetsOf(const RegionIndex& region,
                                          const aws::DbSubnetGroup& group) {
  std::vector<const aws::Subnet*> subnets;
  for (const auto& id : group.subnets) {
    if (const auto* subnet = Alive(region.subnets, id); subnet != nullptr) {
      subnets.push_back(subnet);
    }
  }
  std::ranges::sort(subnets, {}, [](const auto* s) { return std::tie(s->zone, s->id); });
  return subnets;
}

// Where a node is to be, or is; never in the zone `taken`, which the other node has.
const aws::Subnet* ChooseSubnet(const PlanContext& context, const RegionIndex& region,
                                const aws::DbInstance& database, const aws::DbSubnetGroup& group,
                                int node, std::string_view taken) {
  auto subnets = SubnetsOf(region, group);
  std::erase_if(subnets, [&](const auto* subnet) { return subnet->zone == taken; });
  const auto current = context.book.SubnetOf(OwnerOf(database, node));
  const auto find = [&](auto matches) -> const aws::Subnet* {
    const auto found = std::ranges::find_if(subnets, matches);
    return found == subnets.end() ? nullptr : *found;
  };
  if (node == 0 && !database.zone.empty()) {
    return find([&](const auto* subnet) { return subnet->zone == database.zone; });
  }
  const auto* stays = find([&](const auto* subnet) { return subnet->id == current; });
  return stays != nullptr || subnets.empty() ? stays : subnets.front();
}

// A database that is being deleted keeps its addresses until it is gone.
void KeepAddresses(PlanContext& context, const RegionIndex& region,
                   const aws::DbInstance& database) {
  for (int node = 0; node < kNodesMost; ++node) {
    const auto owner = OwnerOf(database, node);
    const auto subnet = region.subnets.find(context.book.SubnetOf(owner));
    if (subnet == region.subnets.end()) continue;
    context.book.Private(subnet->first, subnet->second.cidr, owner);
  }
}

std::optional<PlannedDatabase> PlanNode(PlanContext& context, const RegionIndex& region,
                                        const aws::DbInstance& database,
                                        const aws::DbSubnetGroup& group, int node,
                                        std::string_view taken) {
  const auto* subnet = ChooseSubnet(context, region, database, group, node, taken);
  if (subnet == nullptr) {
    context.Missing(database, node == 0
                                  ? "its subnet group has no subnet in the zone " + database.zone
                                  : "its subnet group has no second zone for the standby");
    return {};
  }
  PlannedDatabase planned;
  planned.database = &database;
  planned.host.key = DatabaseKey(region.region, database.identifier, node);
  planned.host.interface = PlanInterface(context, *subnet, OwnerOf(database, node), {}, {});
  if (planned.host.interface.address.empty()) {
    context.Missing(database, "the subnet " + subnet->id + " has no free address");
    return {};
  }
  planned.host.zone = subnet->zone;
  planned.host.groups = GroupsOrDefault(region, subnet->vpc_id, database.security_groups);
  context.Link(group, planned.host.key);
  const auto& endpoints = context.environment.database_endpoints;
  const auto lead = endpoints.find(SiteName(region.region, database.identifier));
  planned.lead = lead == endpoints.end() ? node == 0 : lead->second == planned.host.key;
  return planned;
}

void PlanInstance(PlanContext& context, const RegionIndex& region, const aws::DbInstance& database,
                  std::vector<PlannedDatabase>& databases) {
  if (!database.engine.empty() && database.engine != "mariadb" && database.engine != "mysql") {
    context.NotHonoured(database, "the lab's databases are MariaDB; engine is " + database.engine);
    return;
  }
  const auto* group = Alive(region.db_subnet_groups, database.subnet_group);
  if (group == nullptr) {
    context.Missing(database, "its subnet group '" + database.subnet_group + "' is not there");
    return;
  }
  auto first = PlanNode(context, region, database, *group, 0, {});
  if (!first) return;
  const auto zone = first->host.zone;
  databases.push_back(*std::move(first));
  if (!database.multi_az) return;
  auto second = PlanNode(context, region, database, *group, 1, zone);
  if (second) databases.push_back(*std::move(second));
}

lab::FirewallRule Tcp(int port, std::string_view address) {
  lab::FirewallRule rule;
  rule.protocol = "tcp";
  rule.from_port = rule.to_port = port;
  rule.cidr = std::string(address) + "/32";
  return rule;
}

// What RDS does on a network of its own: the nodes of a cluster replicate from each other, and the
// router asks each whether it greets.
void AddReplicationRules(const PlannedDatabase& planned, const DatabaseCluster& cluster,
                         lab::FirewallSpec& firewall) {
  firewall.ingress.push_back(Tcp(planned.database->port, planned.host.interface.gateway));
  for (const auto& site : cluster.sites) {
    for (const auto& node : site.nodes) {
      if (node.key == planned.host.key) continue;
      firewall.ingress.push_back(Tcp(planned.database->port, node.address));
      firewall.egress.push_back(Tcp(node.port, node.address));
    }
  }
}

lab::DatabaseSpec SpecOf(const RegionIndex& region, const PlannedDatabase& planned,
                         Firewalls& firewalls) {
  const auto& database = *planned.database;
  lab::DatabaseSpec spec;
  spec.id = database.identifier;
  // Unique among all that may ever replicate from each other: no two nodes share an address.
  if (const auto address = aws::ParseAddress(planned.host.interface.address)) {
    spec.server_id = *address;
  }
  spec.region = region.region;
  spec.zone = planned.host.zone;
  spec.interface = planned.host.interface;
  spec.firewall = firewalls.Of(planned.host);
  spec.endpoint = aws::NormalName(database.address);
  spec.port = database.port;
  // A replica's accounts and schema come from its source.
  if (database.replicate_source.empty()) {
    spec.master_username = database.username;
    spec.master_password_hash = database.master_password_hash;
    spec.database = database.database;
  }
  if (const auto* group = Alive(region.db_parameter_groups, database.parameter_group)) {
    spec.parameters = group->parameters;
  }
  spec.limits = LimitsOf(database.instance_class);
  return spec;
}

// "arn:aws:rds:ap-northeast-2:123456789012:db:scv-memo", or an identifier of the same region.
std::string SourceOf(const aws::DbInstance& database) {
  const auto& source = database.replicate_source;
  if (source.empty()) return "";
  if (!source.starts_with("arn:")) return SiteName(database.region(), source);
  std::vector<std::string> fields{""};
  for (const char c : source) {
    if (c == ':') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields.size() == 7 ? SiteName(fields[3], fields[6]) : SiteName(database.region(), source);
}

// Follows sources up; a circle ends where it began.
std::string RootOf(const std::map<std::string, DatabaseSite>& sites, std::string name) {
  for (std::size_t steps = 0; steps <= sites.size(); ++steps) {
    const auto site = sites.find(name);
    if (site == sites.end() || site->second.source.empty()) return name;
    name = site->second.source;
  }
  return name;
}

}  // namespace

const DatabaseCluster* ClusterOf(const std::vector<DatabaseCluster>& clusters,
                                 const lab::PartKey& key) {
  for (const auto& cluster : clusters) {
    for (const auto& site : cluster.sites) {
      const auto found = std::ranges::find(site.nodes, key, &DatabaseNode::key);
      if (found != site.nodes.end()) return &cluster;
    }
  }
  return nullptr;
}

std::string SiteName(std::string_view region, std::string_view identifier) {
  return std::string(region) + "/" + std::string(identifier);
}

lab::PartKey DatabaseKey(std::string_view region, std::string_view identifier, int node) {
  return {lab::PartKind::kDatabase, std::string(region),
          std::string(identifier) + (node == 0 ? "" : "/2")};
}

std::vector<PlannedDatabase> PlanDatabases(PlanContext& context, const RegionIndex& region) {
  std::vector<PlannedDatabase> databases;
  for (const auto& [identifier, database] : region.databases) {
    for (int node = 0; node < (database.multi_az ? kNodesMost : 1); ++node) {
      const auto key = DatabaseKey(region.region, identifier, node);
      context.Link(database, key);
      if (const auto group = region.db_parameter_groups.find(database.parameter_group);
          group != region.db_parameter_groups.end() && !database.deleting()) {
        context.Link(group->second, key);
      }
    }
    if (database.deleting()) {
      KeepAddresses(context, region, database);
    } else {
      PlanInstance(context, region, database, databases);
    }
  }
  return databases;
}

std::vector<DatabaseCluster> ReadClusters(const std::vector<PlannedDatabase>& all) {
  std::map<std::string, DatabaseSite> sites;
  for (const auto& planned : all) {
    const auto region = planned.database->region();
    auto& site = sites[SiteName(region, planned.database->identifier)];
    site.name = SiteName(region, planned.database->identifier);
    site.region = region;
    site.source = SourceOf(*planned.database);
    site.nodes.push_back({.key = planned.host.key,
                          .zone = planned.host.zone,
                          .address = planned.host.interface.address,
                          .port = planned.database->port});
  }
  std::map<std::string, DatabaseCluster> clusters;
  for (const auto& [name, site] : sites) {
    const auto root = RootOf(sites, name);
    clusters[root].name = root;
    clusters[root].sites.push_back(site);
  }
  std::vector<DatabaseCluster> found;
  for (auto& [name, cluster] : clusters) found.push_back(std::move(cluster));
  return found;
}

void AddDatabases(PlanContext& context, const RegionIndex& region,
                  const std::vector<PlannedDatabase>& databases,
                  const std::vector<DatabaseCluster>& clusters, Firewalls& firewalls) {
  for (const auto& planned : databases) {
    const auto role = context.environment.database_roles.find(planned.host.key);
    if (role == context.environment.database_roles.end()) {
      context.Missing(*planned.database, planned.database->replicate_source.empty()
                                             ? "its role is not decided yet"
                                             : "the database that it replicates is not there yet");
      continue;
    }
    auto spec = SpecOf(region, planned, firewalls);
    spec.role = role->second;
    if (const auto* cluster = ClusterOf(clusters, planned.host.key); cluster != nullptr) {
      AddReplicationRules(planned, *cluster, spec.firewall);
    }
    context.Add(planned.host.key, std::move(spec),
                {RouterKey(region.region, planned.host.interface.vpc_id)},
                "aws_db_instance " + planned.database->identifier);
  }
}

}  // namespace scv::control
