#include "daemon/instance_facts.h"

#include <fmt/format.h>

#include "aws/ipv4.h"
#include "aws/views_compute.h"
#include "aws/views_identity.h"

namespace scv::daemon {
namespace {

namespace json = boost::json;

// The address' four bytes behind 02:ac, as the network makes it.
std::string MacOf(std::string_view address) {
  const std::uint32_t value = aws::ParseAddress(address).value_or(0);
  return fmt::format("02:ac:{:02x}:{:02x}:{:02x}:{:02x}", value >> 24 & 255, value >> 16 & 255,
                     value >> 8 & 255, value & 255);
}

void AddTags(const json::object& tags, std::map<std::string, std::string>& into) {
  for (const auto& [name, value] : tags) {
    if (value.is_string()) into[std::string(name)] = std::string(value.get_string());
  }
}

// Those of the group that are propagated, and those of the launch template for instances.
std::map<std::string, std::string> TagsOf(const aws::DesiredState& state,
                                          const control::InstanceRecord& record) {
  std::map<std::string, std::string> tags;
  const auto* launch = state.Find(record.region, "aws_launch_template", record.launch_template_id);
  if (launch != nullptr) {
    for (const auto* entry : aws::Blocks(launch->attributes, "tag_specifications")) {
      const auto* values = entry->if_contains("tags");
      if (aws::String(*entry, "resource_type") != "instance" || values == nullptr) continue;
      if (values->is_object()) AddTags(values->get_object(), tags);
    }
  }
  const auto* group = state.Find(record.region, "aws_autoscaling_group", record.group);
  if (group != nullptr) {
    for (const auto* tag : aws::Blocks(group->attributes, "tag")) {
      if (aws::Boolean(*tag, "propagate_at_launch")) {
        tags[aws::String(*tag, "key")] = aws::String(*tag, "value");
      }
    }
    tags["aws:autoscaling:groupName"] = record.group;
  }
  return tags;
}

aws::LaunchSettings SettingsOf(const aws::DesiredState& state,
                               const control::InstanceRecord& record) {
  const auto* launch = state.Find(record.region, "aws_launch_template", record.launch_template_id);
  if (launch != nullptr) {
    auto settings = aws::ReadLaunchTemplateVersion(*launch, record.launch_template_version);
    if (settings) return *settings;
  }
  const auto* instance = state.Find(record.region, "aws_instance", record.id);
  return instance == nullptr ? aws::LaunchSettings{} : aws::ReadInstance(*instance).settings;
}

void AddNetwork(const aws::DesiredState& state, const control::InstanceRecord& record,
                services::InstanceFacts& facts) {
  facts.subnet_id = record.subnet_id;
  facts.vpc_id = record.vpc_id;
  facts.interface_id = record.interface_id;
  if (const auto* subnet = state.Find(record.region, "aws_subnet", record.subnet_id)) {
    facts.subnet_cidr = aws::String(subnet->attributes, "cidr_block");
  }
  if (const auto* vpc = state.Find(record.region, "aws_vpc", record.vpc_id)) {
    facts.vpc_cidr = aws::String(vpc->attributes, "cidr_block");
  }
}

}  // namespace

services::InstanceFacts FactsOf(const aws::DesiredState& state,
                                const control::InstanceRecord& record,
                                const lab::InstanceSpec& spec) {
  const auto settings = SettingsOf(state, record);
  services::InstanceFacts facts;
  facts.id = spec.id;
  facts.region = spec.region;
  facts.zone = spec.zone;
  facts.address = spec.interface.address;
  facts.hostname = spec.hostname;
  facts.mac = MacOf(spec.interface.address);
  facts.instance_type = settings.instance_type;
  facts.image_id = settings.image_id;
  if (const auto* resource = aws::FindInstanceProfile(state, settings.instance_profile)) {
    const auto profile = aws::ReadInstanceProfile(*resource);
    facts.role = profile.role;
    facts.profile_arn = profile.arn;
  }
  facts.user_data = spec.user_data;
  AddNetwork(state, record, facts);
  facts.tags = TagsOf(state, record);
  facts.launched_at = record.launched_at;
  facts.security_group_ids = settings.security_groups;
  for (const auto& id : settings.security_groups) {
    const auto* group = state.Find(spec.region, "aws_security_group", id);
    facts.security_groups.push_back(group == nullptr ? id : aws::String(group->attributes, "name"));
  }
  return facts;
}

}  // namespace scv::daemon
