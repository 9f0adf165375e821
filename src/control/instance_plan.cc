#include "control/instance_plan.h"

#include <algorithm>
#include <utility>

#include "control/network_plan.h"

namespace scv::control {
namespace {

using SettingsPointer = std::shared_ptr<const aws::LaunchSettings>;

// The launch templates' versions, each read once.
class Templates {
 public:
  explicit Templates(const RegionIndex& region) : region_(region) {}

  SettingsPointer Of(const std::string& id, int version) {
    auto& known = read_[{id, version}];
    if (known != nullptr) return known;
    aws::LaunchSettings settings;
    if (const auto found = region_.launch_templates.find(id);
        found != region_.launch_templates.end()) {
      settings = aws::ReadLaunchTemplateVersion(*found->second, version).value_or(settings);
    }
    known = std::make_shared<const aws::LaunchSettings>(std::move(settings));
    return known;
  }

 private:
  const RegionIndex& region_;
  std::map<std::pair<std::string, int>, SettingsPointer> read_;
};

struct Wanted {
  std::string id, interface_id, subnet_id, address;
  SettingsPointer settings;
  std::string reason;
};

bool WantsPublicAddress(const aws::LaunchSettings& settings, const aws::Subnet& subnet) {
  return settings.associate_public_address.value_or(subnet.map_public_ip_on_launch);
}

std::string PublicAddressFor(PlanContext& context, const RegionIndex& region,
                             const aws::Subnet& subnet, const Wanted& wanted,
                             const std::string& interface_id,
                             const std::map<std::string, std::string>& elastic) {
  for (const auto& owner : {wanted.id, interface_id}) {
    if (const auto found = elastic.find(owner); found != elastic.end()) return found->second;
  }
  if (!WantsPublicAddress(*wanted.settings, subnet)) return {};
  return context.book.Public(region.number, wanted.id, context.elastic_addresses).value_or("");
}

// nullopt: its subnet is not there, or full.
std::optional<PlannedInstance> PlanOne(PlanContext& context, const RegionIndex& region,
                                       Wanted wanted,
                                       const std::map<std::string, std::string>& elastic) {
  const auto* subnet = Alive(region.subnets, wanted.subnet_id);
  if (subnet == nullptr) return {};
  PlannedInstance planned;
  auto& host = planned.host;
  host.key = {lab::PartKind::kInstance, region.region, wanted.id};
  host.interface = PlanInterface(context, *subnet, wanted.id, wanted.interface_id, wanted.address);
  if (host.interface.address.empty()) return {};
  host.zone = subnet->zone;
  host.groups = GroupsOrDefault(region, subnet->vpc_id, wanted.settings->security_groups);
  host.public_address =
      PublicAddressFor(context, region, *subnet, wanted, host.interface.id, elastic);
  planned.settings = std::move(wanted.settings);
  planned.reason = std::move(wanted.reason);
  return planned;
}

std::string ReasonOf(const InstanceRecord& record) {
  if (record.group.empty()) return "aws_instance " + record.id;
  auto reason = "auto scaling group " + record.group;
  return record.reason.empty() ? reason : reason + ": " + record.reason;
}

lab::InstanceSpec SpecOf(const RegionIndex& region, const PlannedInstance& instance,
                         Firewalls& firewalls) {
  const auto& host = instance.host;
  lab::InstanceSpec spec;
  spec.id = host.key.name;
  spec.region = region.region;
  spec.zone = host.zone;
  spec.hostname = InternalName(region.region, host.interface.address);
  spec.interface = host.interface;
  spec.firewall = firewalls.Of(host);
  spec.resolver = spec.firewall.resolver;
  spec.user_data = instance.settings->user_data;
  spec.limits = LimitsOf(instance.settings->instance_type);
  return spec;
}

}  // namespace

std::vector<PlannedInstance> PlanInstances(PlanContext& context, const RegionIndex& region,
                                           const std::vector<const InstanceRecord*>& records) {
  std::vector<PlannedInstance> instances;
  const auto elastic = ElasticAddressesOf(region);
  std::set<std::string> recorded;
  Templates templates(region);
  const auto add = [&](Wanted wanted) {
    auto planned = PlanOne(context, region, std::move(wanted), elastic);
    if (planned) instances.push_back(*std::move(planned));
    return planned.has_value();
  };
  for (const auto* record : records) {
    recorded.insert(record->id);
    if (record->lifecycle == Lifecycle::kTerminated) {
      // Its address stays its own until its network is gone and the record with it.
      if (!record->address.empty()) {
        context.book.TakePrivate(record->subnet_id, record->address, record->id);
      }
      continue;
    }
    const auto own = region.instances.find(record->id);
    auto settings = own != region.instances.end()
                        ? std::make_shared<const aws::LaunchSettings>(own->second.settings)
                        : templates.Of(record->launch_template_id, record->launch_template_version);
    add({record->id, record->interface_id, record->subnet_id, record->address, std::move(settings),
         ReasonOf(*record)});
  }
  for (const auto& [id, instance] : region.instances) {
    context.Link(instance, {lab::PartKind::kInstance, region.region, id});
    if (instance.deleting()) {
      // Likewise.
      if (const auto subnet = context.book.SubnetOf(id); !subnet.empty()) {
        const auto known = region.subnets.find(subnet);
        if (known != region.subnets.end()) context.book.Private(subnet, known->second.cidr, id);
      }
      continue;
    }
    if (recorded.contains(id)) continue;
    const bool there =
        add({id, instance.interface_id, instance.subnet_id, instance.private_ip,
             std::make_shared<const aws::LaunchSettings>(instance.settings), "aws_instance " + id});
    if (!there) context.Missing(instance, "its subnet is not there or has no free address");
  }
  std::ranges::sort(instances, {}, [](const PlannedInstance& i) { return i.host.key.name; });
  return instances;
}

void AddInstances(PlanContext& context, const RegionIndex& region,
                  const std::vector<PlannedInstance>& instances, Firewalls& firewalls) {
  for (const auto& instance : instances) {
    const auto& vpc = instance.host.interface.vpc_id;
    context.Add(instance.host.key, SpecOf(region, instance, firewalls),
                {RouterKey(region.region, vpc), NameServerKey(region.region, vpc),
                 NamesKey(region.region, vpc)},
                instance.reason);
  }
}

std::string InternalZone(std::string_view region) {
  if (region == "us-east-1") return "ec2.internal";
  return std::string(region) + ".compute.internal";
}

std::string InternalName(std::string_view region, std::string_view address) {
  std::string name = "ip-" + std::string(address);
  std::ranges::replace(name, '.', '-');
  return name + '.' + InternalZone(region);
}

}  // namespace scv::control
