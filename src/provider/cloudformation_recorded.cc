#include "provider/cloudformation_recorded.h"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <cctype>
#include <utility>
#include <vector>

#include "provider/cloudformation_reading.h"
#include "provider/cloudformation_stack.h"
#include "provider/random_text.h"
#include "provider/references.h"

namespace scv::provider::cloudformation {
namespace {

namespace json = boost::json;

constexpr std::size_t kPropertiesMax = 64UL * 1024;  // bytes of JSON
constexpr std::size_t kGivenNameMax = 255;
constexpr std::size_t kTypesNamed = 20;  // in one message
constexpr std::size_t kPartMax = 64;     // of a made name's stack and logical id
constexpr std::size_t kTypeMax = 100;    // AWS takes 60 characters of a custom one

// What Ref gives.
enum class Ref { kName, kArn, kId, kNameIdScope, kUrl };

// Of the types that templates refer to most. The ARN's form comes after "arn:aws:".
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
struct Shape {
  std::string_view type;
  std::string_view terraform;  // "": none, or one that the lab does more with than record it
  std::string_view name;       // the property
  Ref ref;
  std::string_view arn;
};

constexpr auto kShapes = std::to_array<Shape>({
    {"AWS::Budgets::Budget", "aws_budgets_budget", "Budget.BudgetName", Ref::kName,
     "budgets::{account}:budget/{name}"},
    {"AWS::CloudFormation::Stack", "", "", Ref::kArn,
     "cloudformation:{region}:{account}:stack/{name}/{id}"},
    {"AWS::CloudWatch::Alarm", "", "AlarmName", Ref::kName,
     "cloudwatch:{region}:{account}:alarm:{name}"},
    {"AWS::DynamoDB::Table", "", "TableName", Ref::kName,
     "dynamodb:{region}:{account}:table/{name}"},
    {"AWS::Events::Rule", "aws_cloudwatch_event_rule", "Name", Ref::kName,
     "events:{region}:{account}:rule/{name}"},
    {"AWS::IAM::InstanceProfile", "", "InstanceProfileName", Ref::kName,
     "iam::{account}:instance-profile/{name}"},
    {"AWS::IAM::ManagedPolicy", "", "ManagedPolicyName", Ref::kArn, "iam::{account}:policy/{name}"},
    {"AWS::IAM::Role", "", "RoleName", Ref::kName, "iam::{account}:role/{name}"},
    {"AWS::IAM::User", "", "UserName", Ref::kName, "iam::{account}:user/{name}"},
    {"AWS::KMS::Key", "aws_kms_key", "", Ref::kId, "kms:{region}:{account}:key/{id}"},
    {"AWS::KinesisFirehose::DeliveryStream", "aws_kinesis_firehose_delivery_stream",
     "DeliveryStreamName", Ref::kName, "firehose:{region}:{account}:deliverystream/{name}"},
    {"AWS::Lambda::Function", "aws_lambda_function", "FunctionName", Ref::kName,
     "lambda:{region}:{account}:function:{name}"},
    {"AWS::Logs::LogGroup", "aws_cloudwatch_log_group", "LogGroupName", Ref::kName,
     "logs:{region}:{account}:log-group:{name}"},
    {"AWS::S3::Bucket", "", "BucketName", Ref::kName, "s3:::{name}"},
    {"AWS::SNS::Topic", "aws_sns_topic", "TopicName", Ref::kArn, "sns:{region}:{account}:{name}"},
    {"AWS::SQS::Queue", "aws_sqs_queue", "QueueName", Ref::kUrl, "sqs:{region}:{account}:{name}"},
    {"AWS::SecretsManager::Secret", "", "Name", Ref::kArn,
     "secretsmanager:{region}:{account}:secret:{name}"},
    {"AWS::StepFunctions::StateMachine", "", "StateMachineName", Ref::kArn,
     "states:{region}:{account}:stateMachine:{name}"},
    {"AWS::WAFv2::IPSet", "aws_wafv2_ip_set", "Name", Ref::kNameIdScope,
     "wafv2:{region}:{account}:{scope}/ipset/{name}/{id}"},
    {"AWS::WAFv2::RegexPatternSet", "aws_wafv2_regex_pattern_set", "Name", Ref::kNameIdScope,
     "wafv2:{region}:{account}:{scope}/regexpatternset/{name}/{id}"},
    {"AWS::WAFv2::RuleGroup", "aws_wafv2_rule_group", "Name", Ref::kNameIdScope,
     "wafv2:{region}:{account}:{scope}/rulegroup/{name}/{id}"},
    {"AWS::WAFv2::WebACL", "aws_wafv2_web_acl", "Name", Ref::kNameIdScope,
     "wafv2:{region}:{account}:{scope}/webacl/{name}/{id}"},
});

const Shape& ShapeOf(std::string_view type) {
  static constexpr Shape kOther{"", "", "", Ref::kName, ""};
  const auto* found = std::ranges::find(kShapes, type, &Shape::type);
  return found == kShapes.end() ? kOther : *found;
}

std::vector<std::string_view> PartsOf(std::string_view type) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at != std::string_view::npos;) {
    const auto end = type.find("::", at);
    parts.push_back(type.substr(at, end == std::string_view::npos ? end : end - at));
    at = end == std::string_view::npos ? end : end + 2;
  }
  return parts;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

std::string Replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

// "Budget.BudgetName" → {"Budget": {"BudgetName": …}}; null: it is not there.
const json::value* PropertyAt(const json::object& properties, std::string_view path) {
  const auto dot = path.find('.');
  const auto* found = properties.if_contains(path.substr(0, dot));
  if (found == nullptr || dot == std::string_view::npos) return found;
  return found->is_object() ? PropertyAt(found->get_object(), path.substr(dot + 1)) : nullptr;
}

Result<std::string> NameOf(const Owner& owner, const std::string& logical_id,
                           const std::string& type, const json::object& properties) {
  const auto& shape = ShapeOf(type);
  const auto* given = shape.name.empty() ? nullptr : PropertyAt(properties, shape.name);
  if (given != nullptr) {
    const bool fine = given->is_string() && !given->get_string().empty() &&
                      given->get_string().size() <= kGivenNameMax;
    if (fine) return std::string(given->get_string());
    return Wrong("Resources." + logical_id,
                 std::string(shape.name) + " must be a text of 1 to 255 characters");
  }
  const auto made = owner.stack_name.substr(0, kPartMax) + "-" + logical_id.substr(0, kPartMax) +
                    "-" + HashText(owner.stack_id + " " + logical_id, 12);
  return type == "AWS::S3::Bucket" ? Lower(made) : made;
}

std::string UuidOf(const Owner& owner, const std::string& logical_id) {
  auto hex = HashText("uuid " + owner.stack_id + " " + logical_id, 32);
  for (const std::size_t at : {20U, 16U, 12U, 8U}) hex.insert(at, "-");
  return hex;
}

struct Names {
  std::string name, uuid, scope;
};

std::string ArnOf(const Owner& owner, const std::string& type, const Names& names) {
  std::string form(ShapeOf(type).arn);
  if (form.empty()) {
    const auto parts = PartsOf(type);
    form = Lower(parts.size() > 2 ? parts[1] : parts[0]) +
           ":{region}:{account}:" + Lower(parts.back()) + "/{name}";
  }
  const bool global = names.scope == "CLOUDFRONT";
  form = Replaced(std::move(form), "{region}", global ? "us-east-1" : owner.region);
  form = Replaced(std::move(form), "{account}", aws::kLabAccount);
  form = Replaced(std::move(form), "{scope}", global ? "global" : "regional");
  form = Replaced(std::move(form), "{id}", names.uuid);
  return "arn:aws:" + Replaced(std::move(form), "{name}", names.name);
}

std::string IdOf(const Owner& owner, const Shape& shape, const Names& names,
                 const std::string& arn) {
  switch (shape.ref) {
    case Ref::kArn:
      return arn;
    case Ref::kId:
      return names.uuid;
    case Ref::kNameIdScope:
      return names.name + "|" + names.uuid + "|" + names.scope;
    case Ref::kUrl:
      return std::string("https://") + "sqs." + owner.region + ".amazonaws.com/" +
             std::string(aws::kLabAccount) + "/" + names.name;
    case Ref::kName:
      break;
  }
  return names.name;
}

}  // namespace

bool IsRecordedType(std::string_view type) {
  if (type.size() > kTypeMax) return false;
  const auto parts = PartsOf(type);
  const bool custom = parts.front() == "Custom" && parts.size() == 2;
  if (!custom && (parts.front() != "AWS" || parts.size() < 3 || parts.size() > 4)) return false;
  if (parts[1] == "Route53" || parts[1] == "Route53RecoveryControl") return false;
  return std::ranges::all_of(parts, [&](std::string_view part) {
    return !part.empty() && std::ranges::all_of(part, [&](unsigned char c) {
      return std::isalnum(c) != 0 || (custom && (c == '_' || c == '@' || c == '-'));
    });
  });
}

std::string Recorded::Attribute(std::string_view attribute) const {
  const auto& shape = ShapeOf(key.type);
  const auto arn = aws::String(attributes, "arn");
  const auto part = std::string(PartsOf(key.type).back());
  if (attribute == "Ref") return key.id;
  if (attribute == "Arn" || attribute == part + "Arn") return arn;
  if (attribute == shape.name || attribute == part + "Name") return aws::String(attributes, "name");
  if (attribute == "Id" && shape.ref == Ref::kNameIdScope) {
    return arn.substr(arn.rfind('/') + 1);
  }
  return (attribute.ends_with("Arn") ? arn : key.id) + "-" + std::string(attribute);
}

Result<Recorded> Describe(const Owner& owner, const std::string& logical_id,
                          const std::string& type, json::object properties) {
  const auto& shape = ShapeOf(type);
  Names names;
  SCV_ASSIGN(names.name, NameOf(owner, logical_id, type, properties));
  names.uuid = UuidOf(owner, logical_id);
  const auto* scope = properties.if_contains("Scope");
  const bool global = scope != nullptr && scope->is_string() && scope->get_string() == "CLOUDFRONT";
  names.scope = global ? "CLOUDFRONT" : "REGIONAL";
  if (json::serialize(properties).size() > kPropertiesMax) {
    return Wrong("Resources." + logical_id, "has properties of more than 65,536 bytes");
  }
  const auto arn = ArnOf(owner, type, names);
  Recorded made;
  made.key = {
      .region = shape.terraform.empty() ? owner.region : RegionOf(shape.terraform, owner.region),
      .type = type,
      .id = IdOf(owner, shape, names, arn)};
  made.attributes = {{"id", made.key.id},
                     {"name", names.name},
                     {"arn", arn},
                     {"properties", std::move(properties)}};
  return made;
}

std::string_view RecordedTypeOf(std::string_view terraform_type) {
  if (terraform_type.empty()) return {};
  const auto* found = std::ranges::find(kShapes, terraform_type, &Shape::terraform);
  return found == kShapes.end() ? std::string_view() : found->type;
}

Result<void> Keep(aws::DesiredState& state, const Owner& owner, const std::string& logical_id,
                  const Recorded& recorded) {
  const auto taken = [&](const std::string& type) {
    return Fail(ErrorKind::kConflict, "Resources." + logical_id + ": " + type + " " +
                                          recorded.key.id +
                                          " exists already and is not this stack's. Choose "
                                          "another name, or leave it out: CloudFormation makes one "
                                          "up");
  };
  const auto* there = state.Find(recorded.key);
  if (there != nullptr && aws::String(there->attributes, kStack) != owner.stack_id) {
    return taken(recorded.key.type);
  }
  const std::string terraform(ShapeOf(recorded.key.type).terraform);
  const auto arn = aws::String(recorded.attributes, "arn");
  for (const auto& other : state.List(recorded.key.region, terraform)) {
    if (aws::String(other->attributes, "arn") == arn) return taken(terraform);
  }
  aws::Resource resource;
  resource.key = recorded.key;
  resource.created_at = there == nullptr ? 0 : there->created_at;
  resource.attributes = recorded.attributes;
  resource.attributes[kStack] = owner.stack_id;
  resource.attributes[kLogicalId] = logical_id;
  state.Put(std::move(resource));
  return {};
}

std::string SayRecorded(std::size_t count, const std::set<std::string>& types) {
  std::string list;
  std::size_t named = 0;
  for (const auto& type : types) {
    if (++named > kTypesNamed) break;
    list += (list.empty() ? "" : ", ") + type;
  }
  if (named > kTypesNamed) list += " and " + std::to_string(types.size() - kTypesNamed) + " more";
  return std::to_string(count) + (count == 1 ? " resource" : " resources") +
         " that the lab only records: " + list;
}

}  // namespace scv::provider::cloudformation
