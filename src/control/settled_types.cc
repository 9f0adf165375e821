// Which part of the lab honours which type.
#include <algorithm>
#include <array>
#include <string_view>

#include "control/settled.h"

namespace scv::control {
namespace {

constexpr auto kByParts = std::to_array<std::string_view>({
    "aws_acm_certificate",
    "aws_acm_certificate_validation",
    "aws_alb",
    "aws_alb_listener",
    "aws_alb_listener_rule",
    "aws_alb_target_group",
    "aws_db_instance",
    "aws_db_parameter_group",
    "aws_db_subnet_group",
    "aws_default_route_table",
    "aws_default_security_group",
    "aws_default_subnet",
    "aws_default_vpc",
    "aws_ec2_managed_prefix_list",
    "aws_eip",
    "aws_eip_association",
    "aws_instance",
    "aws_internet_gateway",
    "aws_internet_gateway_attachment",
    "aws_lb",
    "aws_lb_listener",
    "aws_lb_listener_certificate",
    "aws_lb_listener_rule",
    "aws_lb_target_group",
    "aws_lb_target_group_attachment",
    "aws_main_route_table_association",
    "aws_nat_gateway",
    "aws_route",
    "aws_route53_health_check",
    "aws_route53_record",
    "aws_route53_zone",
    "aws_route53_zone_association",
    "aws_route_table",
    "aws_route_table_association",
    "aws_security_group",
    "aws_security_group_rule",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_peering_connection",
    "aws_vpc_peering_connection_accepter",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
});

constexpr auto kByFleets = std::to_array<std::string_view>({
    "aws_autoscaling_attachment",
    "aws_autoscaling_group",
    "aws_autoscaling_policy",
    "aws_autoscaling_traffic_source_attachment",
    "aws_cloudwatch_metric_alarm",
    "aws_launch_template",
});

// A stack is what its resources are: those that are only recorded say so themselves.
constexpr auto kByServices = std::to_array<std::string_view>({
    "aws_cloudformation_stack",
    "aws_iam_instance_profile",
    "aws_iam_policy",
    "aws_iam_policy_attachment",
    "aws_iam_role",
    "aws_iam_role_policies_exclusive",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_iam_role_policy_attachments_exclusive",
    "aws_s3_bucket",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_versioning",
    "aws_s3_object",
    "aws_secretsmanager_secret",
    "aws_secretsmanager_secret_policy",
    "aws_secretsmanager_secret_version",
});

}  // namespace

Honoured HonouredBy(std::string_view type) {
  if (std::ranges::binary_search(kByParts, type)) return Honoured::kByParts;
  if (std::ranges::binary_search(kByFleets, type)) return Honoured::kByFleets;
  if (std::ranges::binary_search(kByServices, type)) return Honoured::kByServices;
  return Honoured::kRecordedOnly;
}

}  // namespace scv::control
