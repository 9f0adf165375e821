// Typed views of EC2's instances and of auto scaling. See views_network.h for what a view is.
#ifndef SCV_AWS_VIEWS_COMPUTE_H_
#define SCV_AWS_VIEWS_COMPUTE_H_

#include <optional>
#include <string>
#include <vector>

#include "aws/views_network.h"

namespace scv::aws {

// What an instance is launched with: one version of a launch template, or an aws_instance's own
// attributes.
struct LaunchSettings {
  std::string image_id, instance_type;
  std::string user_data;  // decoded
  std::vector<std::string> security_groups;
  std::string instance_profile;                  // its name, or its ARN where only that is given
  std::optional<bool> associate_public_address;  // nullopt: as the subnet says
  bool operator==(const LaunchSettings&) const = default;
};

struct LaunchTemplate : View {
  std::string id, name;
  int latest_version = 1, default_version = 1;
};
LaunchTemplate ReadLaunchTemplate(const Resource& resource);
// nullopt: there is no such version. The versions before the latest come from the provider's hidden
// attribute "_versions".
std::optional<LaunchSettings> ReadLaunchTemplateVersion(const Resource& resource, int version);

struct AutoScalingGroup : View {
  std::string name, arn;
  std::string launch_template_id, launch_template_name, launch_template_version;
  std::vector<std::string> subnets;  // vpc_zone_identifier
  std::vector<std::string> target_group_arns;
  int min_size = 0, max_size = 0, desired_capacity = 0;
};
AutoScalingGroup ReadAutoScalingGroup(const Resource& resource);

// aws_autoscaling_attachment and aws_autoscaling_traffic_source_attachment.
struct AutoScalingAttachment : View {
  std::string group_name, target_group_arn;
};
AutoScalingAttachment ReadAutoScalingAttachment(const Resource& resource);

struct Instance : View {
  std::string id, subnet_id, private_ip;
  std::string interface_id;  // primary_network_interface_id
  LaunchSettings settings;
};
Instance ReadInstance(const Resource& resource);

}  // namespace scv::aws

#endif  // SCV_AWS_VIEWS_COMPUTE_H_
