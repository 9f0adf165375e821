#include "control/database_plan.h"

#include <algorithm>
#include <utility>

namespace scv::control {
namespace {

std::string OwnerOf(const aws::DbInstance& database) {
  return database.region() + "/db/" + database.identifier;
}

const aws::Subnet* ChooseSubnet(const PlanContext& context, const RegionIndex& region,
                                const aws::DbInstance& database, const aws::DbSubnetGroup& group) {
  std::vector<const aws::Subnet*> subnets;
  for (const auto& id : group.subnets) {
    if (const auto* subnet = Alive(region.subnets, id); subnet != nullptr) {
      subnets.push_back(subnet);
    }
  }
  std::ranges::sort(subnets, {}, [](const auto* s) { return std::tie(s->zone, s->id); });
  const auto current = context.book.SubnetOf(OwnerOf(database));
  const auto find = [&](auto matches) -> const aws::Subnet* {
    const auto found = std::ranges::find_if(subnets, matches);
    return found == subnets.end() ? nullptr : *found;
  };
  if (!database.zone.empty()) {
    return find([&](const auto* subnet) { return subnet->zone == database.zone; });
  }
  const auto* stays = find([&](const auto* subnet) { return subnet->id == current; });
  return stays != nullptr || subnets.empty() ? stays : subnets.front();
}

// A database that is being deleted keeps its address until it is gone.
void KeepAddress(PlanContext& context, const RegionIndex& region, const aws::DbInstance& database) {
  const auto owner = OwnerOf(database);
  const auto subnet = region.subnets.find(context.book.SubnetOf(owner));
  if (subnet == region.subnets.end()) return;
  context.book.Private(subnet->first, subnet->second.cidr, owner);
}

std::optional<PlannedDatabase> PlanOne(PlanContext& context, const RegionIndex& region,
                                       const aws::DbInstance& database, const lab::PartKey& key) {
  if (!database.engine.empty() && database.engine != "mariadb" && database.engine != "mysql") {
    context.NotHonoured(database, "the lab's databases are MariaDB; engine is " + database.engine);
    return {};
  }
  if (!database.replicate_source.empty()) {
    context.NotHonoured(database, "read replicas are not served yet");
    return {};
  }
  const auto* group = Alive(region.db_subnet_groups, database.subnet_group);
  if (group == nullptr) {
    context.Missing(database, "its subnet group '" + database.subnet_group + "' is not there");
    return {};
  }
  const auto* subnet = ChooseSubnet(context, region, database, *group);
  if (subnet == nullptr) {
    context.Missing(database, "its subnet group has no subnet in the zone " + database.zone);
    return {};
  }
  PlannedDatabase planned;
  planned.database = &database;
  planned.host.key = key;
  planned.host.interface = PlanInterface(context, *subnet, OwnerOf(database), {}, {});
  if (planned.host.interface.address.empty()) {
    context.Missing(database, "the subnet " + subnet->id + " has no free address");
    return {};
  }
  planned.host.zone = subnet->zone;
  planned.host.groups = GroupsOrDefault(region, subnet->vpc_id, database.security_groups);
  context.Link(*group, key);
  return planned;
}

lab::DatabaseSpec SpecOf(const RegionIndex& region, const PlannedDatabase& planned,
                         Firewalls& firewalls) {
  const auto& database = *planned.database;
  lab::DatabaseSpec spec;
  spec.id = database.identifier;
  spec.region = region.region;
  spec.zone = planned.host.zone;
  spec.interface = planned.host.interface;
  spec.firewall = firewalls.Of(planned.host);
  spec.endpoint = aws::NormalName(database.address);
  spec.port = database.port;
  spec.master_username = database.username;
  spec.master_password_hash = database.master_password_hash;
  spec.database = database.database;
  if (const auto* group = Alive(region.db_parameter_groups, database.parameter_group)) {
    spec.parameters = group->parameters;
  }
  spec.limits = LimitsOf(database.instance_class);
  return spec;
}

}  // namespace

std::vector<PlannedDatabase> PlanDatabases(PlanContext& context, const RegionIndex& region) {
  std::vector<PlannedDatabase> databases;
  for (const auto& [identifier, database] : region.databases) {
    const lab::PartKey key{lab::PartKind::kDatabase, region.region, identifier};
    context.Link(database, key);
    if (const auto group = region.db_parameter_groups.find(database.parameter_group);
        group != region.db_parameter_groups.end() && !database.deleting()) {
      context.Link(group->second, key);
    }
    if (database.deleting()) {
      KeepAddress(context, region, database);
    } else if (auto planned = PlanOne(context, region, database, key)) {
      databases.push_back(*std::move(planned));
    }
  }
  return databases;
}

void AddDatabases(PlanContext& context, const RegionIndex& region,
                  const std::vector<PlannedDatabase>& databases, Firewalls& firewalls) {
  for (const auto& planned : databases) {
    context.Add(planned.host.key, SpecOf(region, planned, firewalls),
                {RouterKey(region.region, planned.host.interface.vpc_id)},
                "aws_db_instance " + planned.database->identifier);
  }
}

}  // namespace scv::control
