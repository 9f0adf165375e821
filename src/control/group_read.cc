#include "control/group_read.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <map>
#include <utility>

#include "control/group_read_policy.h"

namespace scv::control {
namespace {

namespace json = boost::json;

// Everything that names a group or is named by one, indexed once.
struct Index {
  std::map<std::pair<std::string, std::string>, std::vector<const aws::Resource*>> policies;
  std::map<std::pair<std::string, std::string>, std::vector<const aws::Resource*>> alarms_of_action;
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> attachments;
  std::set<std::string> forwarded;  // ARNs of target groups that a listener forwards to
};

bool Gone(const aws::Resource& resource) { return resource.status == aws::Status::kDeleting; }

void IndexActions(const json::object& attributes, std::string_view block, Index& index) {
  for (const auto* action : aws::Blocks(attributes, block)) {
    index.forwarded.insert(aws::String(*action, "target_group_arn"));
    for (const auto* forward : aws::Blocks(*action, "forward")) {
      for (const auto* target : aws::Blocks(*forward, "target_group")) {
        index.forwarded.insert(aws::String(*target, "arn"));
      }
    }
  }
}

Index MakeIndex(const aws::DesiredState& state) {
  Index index;
  for (const auto& policy : state.List("aws_autoscaling_policy")) {
    if (Gone(*policy)) continue;
    const auto group = aws::String(policy->attributes, "autoscaling_group_name");
    index.policies[{policy->key.region, group}].push_back(policy.get());
  }
  for (const auto& alarm : state.List("aws_cloudwatch_metric_alarm")) {
    if (Gone(*alarm)) continue;
    for (const auto& action : aws::Strings(alarm->attributes, "alarm_actions")) {
      index.alarms_of_action[{alarm->key.region, action}].push_back(alarm.get());
    }
  }
  for (const auto& attachment : state.List("aws_autoscaling_attachment")) {
    if (Gone(*attachment)) continue;
    const auto group = aws::String(attachment->attributes, "autoscaling_group_name");
    index.attachments[{attachment->key.region, group}].push_back(
        aws::String(attachment->attributes, "lb_target_group_arn"));
  }
  for (const auto& listener : state.List("aws_lb_listener")) {
    if (!Gone(*listener)) IndexActions(listener->attributes, "default_action", index);
  }
  for (const auto& rule : state.List("aws_lb_listener_rule")) {
    if (!Gone(*rule)) IndexActions(rule->attributes, "action", index);
  }
  return index;
}

void ReadSubnets(const aws::DesiredState& state, const aws::Resource& resource,
                 GroupDesired& group) {
  auto ids = aws::Strings(resource.attributes, "vpc_zone_identifier");
  std::sort(ids.begin(), ids.end());
  for (const auto& id : ids) {
    const auto* subnet = state.Find(resource.key.region, "aws_subnet", id);
    if (subnet == nullptr || Gone(*subnet)) continue;
    group.vpc_id = aws::String(subnet->attributes, "vpc_id");
    group.subnets.push_back({id, aws::String(subnet->attributes, "availability_zone")});
  }
}

int ParseVersion(const std::string& text, const json::object& launch_template) {
  const int latest = static_cast<int>(aws::Integer(launch_template, "latest_version", 1));
  if (text == "$Latest") return latest;
  if (text.empty() || text == "$Default") {
    return static_cast<int>(aws::Integer(launch_template, "default_version", 1));
  }
  int version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && version >= 1 && version <= latest ? version : 0;
}

void ReadLaunchTemplate(const aws::DesiredState& state, const aws::Resource& resource,
                        GroupDesired& group) {
  const auto* block = aws::Block(resource.attributes, "launch_template");
  if (block == nullptr) return;
  group.launch_template_id = aws::String(*block, "id");
  group.launch_template_version = aws::String(*block, "version");
  const auto name = aws::String(*block, "name");
  for (const auto& candidate : state.List(resource.key.region, "aws_launch_template")) {
    const bool named = !group.launch_template_id.empty()
                           ? candidate->key.id == group.launch_template_id
                           : aws::String(candidate->attributes, "name") == name;
    if (!named || Gone(*candidate)) continue;
    group.launch_template_id = candidate->key.id;
    group.latest_version =
        static_cast<int>(aws::Integer(candidate->attributes, "latest_version", 1));
    group.wanted_version = ParseVersion(group.launch_template_version, candidate->attributes);
  }
}

void ReadTargets(const aws::DesiredState& state, const aws::Resource& resource, const Index& index,
                 GroupDesired& group) {
  auto arns = aws::Strings(resource.attributes, "target_group_arns");
  if (const auto found = index.attachments.find({group.key.region, group.key.name});
      found != index.attachments.end()) {
    arns.insert(arns.end(), found->second.begin(), found->second.end());
  }
  std::sort(arns.begin(), arns.end());
  arns.erase(std::unique(arns.begin(), arns.end()), arns.end());
  for (const auto& arn : arns) {
    const auto* target_group = state.Find(resource.key.region, "aws_lb_target_group", arn);
    if (target_group == nullptr || Gone(*target_group)) continue;
    group.targets.push_back(
        {.arn = arn,
         .name = aws::String(target_group->attributes, "name"),
         .attached = index.forwarded.contains(arn),
         .deregistration_delay =
             Seconds(target_group->attributes, "deregistration_delay").value_or(300'000),
         .nodes = {}});
  }
}

void ReadPreferences(const json::object& block, GroupDesired& group) {
  group.refresh.min_healthy_percentage =
      static_cast<int>(Number(block, "min_healthy_percentage").value_or(90));
  group.refresh.max_healthy_percentage =
      static_cast<int>(Number(block, "max_healthy_percentage").value_or(100));
  group.refresh.instance_warmup = Seconds(block, "instance_warmup");
  group.refresh.checkpoint_delay = Seconds(block, "checkpoint_delay").value_or(3'600'000);
  group.refresh.auto_rollback = aws::Boolean(block, "auto_rollback");
  group.refresh.skip_matching = aws::Boolean(block, "skip_matching");
  const auto* checkpoints = block.if_contains("checkpoint_percentages");
  if (checkpoints != nullptr && checkpoints->is_array()) {
    for (const auto& percentage : checkpoints->get_array()) {
      if (!percentage.is_int64()) continue;
      group.refresh.checkpoint_percentages.push_back(
          static_cast<int>(std::clamp<std::int64_t>(percentage.get_int64(), 1, 100)));
    }
  }
  if (const auto* alarms = aws::Block(block, "alarm_specification")) {
    group.refresh.alarms = aws::Strings(*alarms, "alarms");
  }
}

void ReadRefresh(const json::object& attributes, GroupDesired& group) {
  const auto* block = aws::Block(attributes, "instance_refresh");
  if (block == nullptr) return;
  group.refresh_on_change = true;
  for (auto name : aws::Strings(*block, "triggers")) {
    if (name == "tags") name = "tag";
    const auto* value = attributes.if_contains(name);
    group.refresh_triggers += name + "=" + (value ? json::serialize(*value) : "null") + ";";
  }
  if (const auto* preferences = aws::Block(*block, "preferences")) {
    ReadPreferences(*preferences, group);
  }
}

void ReadMaintenance(const json::object& attributes, GroupDesired& group) {
  const auto* block = aws::Block(attributes, "instance_maintenance_policy");
  if (block == nullptr) return;
  const auto percentage = [&](std::string_view name) -> std::optional<int> {
    const auto value = Number(*block, name);
    if (!value || *value < 0) return std::nullopt;
    return static_cast<int>(*value);
  };
  group.maintenance_min_percentage = percentage("min_healthy_percentage");
  group.maintenance_max_percentage = percentage("max_healthy_percentage");
}

void ReadPolicies(const aws::DesiredState& state, const Index& index, GroupDesired& group) {
  std::map<std::string, const aws::Resource*> alarms;
  if (const auto found = index.policies.find({group.key.region, group.key.name});
      found != index.policies.end()) {
    for (const auto* policy : found->second) {
      group.policies.push_back(ReadPolicy(*policy, group));
      const auto triggers =
          index.alarms_of_action.find({group.key.region, group.policies.back().arn});
      if (triggers == index.alarms_of_action.end()) continue;
      for (const auto* alarm : triggers->second) alarms[alarm->key.id] = alarm;
    }
  }
  for (const auto& name : group.refresh.alarms) {
    const auto* alarm = state.Find(group.key.region, "aws_cloudwatch_metric_alarm", name);
    if (alarm != nullptr && !Gone(*alarm)) alarms[alarm->key.id] = alarm;
  }
  for (const auto& [id, alarm] : alarms) group.alarms.push_back(ReadAlarm(*alarm, group));
}

void ReadWaits(const json::object& attributes, GroupDesired& group) {
  const auto count = [&](std::string_view name) -> std::optional<int> {
    const auto value = aws::Integer(attributes, name);
    return value > 0 ? std::optional<int>(static_cast<int>(value)) : std::nullopt;
  };
  group.min_elb_capacity = count("min_elb_capacity");
  group.wait_for_elb_capacity = count("wait_for_elb_capacity");
  const auto timeout = aws::String(attributes, "wait_for_capacity_timeout");
  group.wait_for_capacity = !(timeout == "0" || timeout == "0s" || timeout == "0m");
}

int Size(const json::object& attributes, std::string_view name) {
  return static_cast<int>(std::clamp<std::int64_t>(aws::Integer(attributes, name), 0, 100'000));
}

GroupDesired Read(const aws::DesiredState& state, const aws::Resource& resource,
                  const Index& index) {
  const auto& attributes = resource.attributes;
  GroupDesired group;
  group.key = {resource.key.region, resource.key.id};
  group.arn = aws::String(attributes, "arn");
  group.deleting = Gone(resource);
  group.force_delete = aws::Boolean(attributes, "force_delete");
  group.min_size = Size(attributes, "min_size");
  group.max_size = std::max(group.min_size, Size(attributes, "max_size"));
  if (Number(attributes, "desired_capacity")) {
    group.desired_capacity = Size(attributes, "desired_capacity");
  }
  group.elb_health = aws::String(attributes, "health_check_type") == "ELB";
  group.grace = Seconds(attributes, "health_check_grace_period").value_or(300'000);
  group.default_cooldown = Seconds(attributes, "default_cooldown").value_or(300'000);
  group.default_warmup = Seconds(attributes, "default_instance_warmup");
  group.termination_policies = aws::Strings(attributes, "termination_policies");
  for (auto& process : aws::Strings(attributes, "suspended_processes")) {
    group.suspended_processes.insert(std::move(process));
  }
  group.protect_from_scale_in = aws::Boolean(attributes, "protect_from_scale_in");
  if (const auto lifetime = Seconds(attributes, "max_instance_lifetime");
      lifetime && *lifetime > 0) {
    group.max_instance_lifetime = lifetime;
  }
  ReadSubnets(state, resource, group);
  ReadLaunchTemplate(state, resource, group);
  ReadTargets(state, resource, index, group);
  ReadRefresh(attributes, group);
  ReadMaintenance(attributes, group);
  ReadPolicies(state, index, group);
  ReadWaits(attributes, group);
  return group;
}

}  // namespace

GroupDesired ReadGroup(const aws::DesiredState& state, const aws::Resource& resource) {
  return Read(state, resource, MakeIndex(state));
}

std::vector<GroupDesired> ReadGroups(const aws::DesiredState& state) {
  const auto index = MakeIndex(state);
  std::vector<GroupDesired> groups;
  for (const auto& resource : state.List("aws_autoscaling_group")) {
    groups.push_back(Read(state, *resource, index));
  }
  return groups;
}

}  // namespace scv::control
