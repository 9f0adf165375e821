#include "aws/views_compute.h"

#include <string_view>
#include <utility>

#include "aws/base64.h"
#include "aws/read_number.h"

namespace scv::aws {
namespace {

namespace json = boost::json;

std::string FirstOf(const json::object& attributes, std::string_view name,
                    std::string_view otherwise) {
  auto value = String(attributes, name);
  return value.empty() ? String(attributes, otherwise) : value;
}

// A launch template's version, from the attributes that the version had.
LaunchSettings ReadTemplateSettings(const json::object& a) {
  LaunchSettings settings{.image_id = String(a, "image_id"),
                          .instance_type = String(a, "instance_type"),
                          .user_data = DecodeBase64(String(a, "user_data")).value_or(""),
                          .security_groups = Strings(a, "vpc_security_group_ids"),
                          .instance_profile = {},
                          .associate_public_address = {}};
  if (const auto* profile = Block(a, "iam_instance_profile"); profile != nullptr) {
    settings.instance_profile = FirstOf(*profile, "name", "arn");
  }
  const auto* interface = Block(a, "network_interfaces");  // the first is the primary one
  if (interface == nullptr) return settings;
  if (auto groups = Strings(*interface, "security_groups"); !groups.empty()) {
    settings.security_groups = std::move(groups);
  }
  // Kept as a string by the provider ("nullable boolean").
  const auto associate = String(*interface, "associate_public_ip_address");
  if (!associate.empty()) {
    settings.associate_public_address = associate == "true" || associate == "1";
  } else if (const auto* value = interface->if_contains("associate_public_ip_address");
             value != nullptr && value->is_bool()) {
    settings.associate_public_address = value->get_bool();
  }
  return settings;
}

}  // namespace

LaunchTemplate ReadLaunchTemplate(const Resource& resource) {
  const auto& a = resource.attributes;
  return {{&resource},
          resource.key.id,
          String(a, "name"),
          NumberOr(a, "latest_version", 1),
          NumberOr(a, "default_version", 1)};
}

std::optional<LaunchSettings> ReadLaunchTemplateVersion(const Resource& resource, int version) {
  const auto& a = resource.attributes;
  for (const auto* block : Blocks(a, "_versions")) {
    const int number = NumberOr(*block, "version", NumberOr(*block, "latest_version", 0));
    if (number == version) return ReadTemplateSettings(*block);
  }
  if (NumberOr(a, "latest_version", 1) == version) return ReadTemplateSettings(a);
  return {};
}

AutoScalingGroup ReadAutoScalingGroup(const Resource& resource) {
  const auto& a = resource.attributes;
  AutoScalingGroup group;
  group.resource = &resource;
  group.name = resource.key.id;
  group.arn = String(a, "arn");
  const auto* launch = Block(a, "launch_template");
  if (const auto* policy = Block(a, "mixed_instances_policy");
      launch == nullptr && policy != nullptr) {
    if (const auto* outer = Block(*policy, "launch_template"); outer != nullptr) {
      launch = Block(*outer, "launch_template_specification");
    }
  }
  if (launch != nullptr) {
    group.launch_template_id = FirstOf(*launch, "id", "launch_template_id");
    group.launch_template_name = FirstOf(*launch, "name", "launch_template_name");
    group.launch_template_version = String(*launch, "version");
  }
  group.subnets = Strings(a, "vpc_zone_identifier");
  group.target_group_arns = Strings(a, "target_group_arns");
  group.min_size = NumberOr(a, "min_size", 0);
  group.max_size = NumberOr(a, "max_size", 0);
  group.desired_capacity = NumberOr(a, "desired_capacity", group.min_size);
  return group;
}

AutoScalingAttachment ReadAutoScalingAttachment(const Resource& resource) {
  const auto& a = resource.attributes;
  AutoScalingAttachment attachment{
      {&resource}, String(a, "autoscaling_group_name"), String(a, "lb_target_group_arn")};
  if (const auto* source = Block(a, "traffic_source"); source != nullptr) {
    attachment.target_group_arn = String(*source, "identifier");
  }
  return attachment;
}

Instance ReadInstance(const Resource& resource) {
  const auto& a = resource.attributes;
  Instance instance;
  instance.resource = &resource;
  instance.id = resource.key.id;
  instance.subnet_id = String(a, "subnet_id");
  instance.private_ip = String(a, "private_ip");
  instance.interface_id = String(a, "primary_network_interface_id");
  auto& settings = instance.settings;
  settings.image_id = String(a, "ami");
  settings.instance_type = String(a, "instance_type");
  const auto encoded = String(a, "user_data_base64");
  settings.user_data =
      encoded.empty() ? String(a, "user_data") : DecodeBase64(encoded).value_or("");
  settings.security_groups = Strings(a, "vpc_security_group_ids");
  settings.instance_profile = String(a, "iam_instance_profile");
  if (const auto* value = a.if_contains("associate_public_ip_address");
      value != nullptr && value->is_bool()) {
    settings.associate_public_address = value->get_bool();
  }
  return instance;
}

}  // namespace scv::aws
