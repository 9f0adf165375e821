#include "provider/cloudformation_stack.h"

#include <algorithm>

#include "aws/arn.h"
#include "provider/cloudformation_evaluate.h"
#include "provider/cloudformation_names.h"
#include "provider/cloudformation_template.h"
#include "provider/computed.h"
#include "provider/conform.h"
#include "provider/hooks.h"
#include "provider/planner.h"
#include "provider/proposed.h"
#include "provider/references.h"
#include "provider/validate.h"

namespace scv::provider::cloudformation {
namespace {

namespace json = boost::json;

std::map<std::string, std::string> PseudoParameters(const StackChange& change) {
  return {{"AWS::AccountId", std::string(aws::kLabAccount)},
          {"AWS::Partition", "aws"},
          {"AWS::Region", change.region},
          {"AWS::StackId", change.id},
          {"AWS::StackName", change.name},
          {"AWS::URLSuffix", "amazonaws.com"}};
}

// One resource of the account, on its way into the state.
class Making {
 public:
  Making(const StackChange& change, std::string logical_id, const Piece& piece)
      : change_(change),
        logical_id_(std::move(logical_id)),
        type_(piece.type),
        block_(TheSchema().resources.at(piece.type)),
        entry_(*FindEntry(piece.type)),
        config_(piece.config) {}

  Result<aws::Resource> Make() {
    SCV_TRY(Told(CheckRules(entry_, config_)));
    Tag();
    if (const auto* own = FindOwn()) prior_ = Conform(FromJson(own->attributes), block_);
    if (Plan()) {
      prior_ = Value();  // made anew; the old one stays until the stack lets it go
      Plan();
    }
    SCV_TRY(Complete());
    return Put();
  }

 private:
  Result<void> Told(const Diagnostics& diagnostics) const {
    for (const auto& one : diagnostics) {
      if (one.warning) continue;
      return Fail(ErrorKind::kInvalid,
                  "Resources." + logical_id_ + ": " + one.summary + ". " + one.detail);
    }
    return {};
  }

  void Tag() {
    if (!block_.attributes.contains("tags")) return;
    Value::Object tags;
    for (const auto& [name, value] : change_.tags) tags[name] = Value(value);
    for (const auto& [name, value] : config_["tags"].Fields()) tags[name] = value;
    tags["aws:cloudformation:stack-name"] = Value(change_.name);
    tags["aws:cloudformation:stack-id"] = Value(change_.id);
    tags["aws:cloudformation:logical-id"] = Value(logical_id_);
    config_.At("tags") = Value(std::move(tags));
  }

  const aws::Resource* FindOwn() const {
    for (const auto& resource : change_.state.List(aws::kGlobal, type_)) {
      const auto& a = resource->attributes;
      const bool own =
          aws::String(a, kStack) == change_.id && aws::String(a, kLogicalId) == logical_id_;
      if (own && resource->status != aws::Status::kDeleting) return resource.get();
    }
    return nullptr;
  }

  // Whether it must be made anew.
  bool Plan() {
    auto planned = PlanChange({type_,
                               block_,
                               entry_,
                               change_.region,
                               {},
                               prior_,
                               Proposed(type_, prior_, config_),
                               config_});
    attributes_ = std::move(planned.state);
    return !planned.requires_replace.empty();
  }

  Result<void> Complete() {
    SCV_TRY(Told(CheckReferences(change_.state, entry_, attributes_, change_.region,
                                 /*generated_only=*/false)));
    key_ = {.region = std::string(aws::kGlobal), .type = type_, .id = prior_["id"].Text()};
    Diagnostics diagnostics;
    HookContext context{.services = change_.services,
                        .key = key_,
                        .region = change_.region,
                        .prior = prior_,
                        .config = config_,
                        .attributes = attributes_,
                        .hidden = hidden_,
                        .diagnostics = diagnostics};
    const auto& hooks = HooksOf(type_);
    if (hooks.fill != nullptr) {
      const auto filled = hooks.fill(change_.state, context);
      SCV_TRY(Told(diagnostics));
      if (!filled.has_value()) {
        return Fail(filled.error().kind,
                    "Resources." + logical_id_ + ": " + filled.error().message);
      }
    }
    provider::Complete(attributes_, block_, entry_, {type_, "", change_.region});
    key_.id = attributes_["id"].Text();
    return {};
  }

  Result<aws::Resource> Put() {
    const auto* there = change_.state.Find(key_);
    if (there != nullptr && (aws::String(there->attributes, kStack) != change_.id ||
                             there->status == aws::Status::kDeleting)) {
      return Fail(ErrorKind::kConflict,
                  "Resources." + logical_id_ + ": " + type_ + " " + key_.id +
                      " exists already and is not this stack's. Delete it first, or let it go: "
                      "publish_names = false");
    }
    aws::Resource resource;
    resource.key = key_;
    resource.created_at = there == nullptr ? 0 : there->created_at;
    resource.attributes = ToJsonObject(Conform(attributes_, block_));
    for (const auto& [name, value] : hidden_) resource.attributes[name] = value;
    resource.attributes[kStack] = change_.id;
    resource.attributes[kLogicalId] = logical_id_;
    change_.state.Put(resource);
    return resource;
  }

  const StackChange& change_;
  std::string logical_id_;
  std::string type_;
  const Block& block_;
  const Entry& entry_;
  Value config_;
  Value prior_;
  Value attributes_;
  json::object hidden_;
  aws::ResourceKey key_;
};

// What Ref and Fn::GetAtt find.
std::map<std::string, std::string> Found(const StackChange& change, const Resource& resource,
                                         const std::vector<aws::Resource>& made) {
  if (made.size() == 1 && made.front().key.type == "aws_route53_health_check") {
    return {{"Ref", made.front().key.id}, {"HealthCheckId", made.front().key.id}};
  }
  if (resource.type == "AWS::Route53::RecordSet" && made.size() == 1) {
    return {{"Ref", aws::String(made.front().attributes, "fqdn")}};
  }
  return {{"Ref", change.name + "-" + resource.name}};
}

Result<std::vector<aws::Resource>> MakeOne(const StackChange& change, const Resource& resource,
                                           Evaluator& evaluator) {
  SCV_ASSIGN(const auto properties, evaluator.Evaluate(resource.properties));
  if (!properties.is_object()) {
    return Fail(ErrorKind::kInvalid, "Resources." + resource.name + ": Properties must be a map");
  }
  SCV_ASSIGN(const auto pieces,
             PiecesOf(resource.type, "Resources." + resource.name, properties.get_object()));
  std::vector<aws::Resource> made;
  for (const auto& piece : pieces) {
    const auto name = resource.name + (piece.name.empty() ? "" : "/" + piece.name);
    Making making(change, name, piece);
    SCV_ASSIGN(auto one, making.Make());
    const bool twice = std::ranges::any_of(made, [&](const auto& m) { return m.key == one.key; });
    if (twice) return Fail(ErrorKind::kInvalid, "Resources." + name + ": is there twice");
    made.push_back(std::move(one));
  }
  return made;
}

}  // namespace

Result<StackResult> MakeStack(const StackChange& change) {
  SCV_ASSIGN(const auto source, ReadTemplate(change.template_body));
  Scope scope;
  SCV_ASSIGN(scope.values, ParameterValues(source, change.parameters));
  scope.values.merge(PseudoParameters(change));
  Evaluator evaluator(source, scope);
  StackResult result;
  for (const auto& resource : source.resources) {
    SCV_ASSIGN(const bool holds, evaluator.Holds(resource.condition));
    if (!holds) continue;
    SCV_ASSIGN(const auto made, MakeOne(change, resource, evaluator));
    for (const auto& one : made) {
      if (std::ranges::count(result.resources, one.key) > 0) {
        return Fail(ErrorKind::kInvalid, "Resources." + resource.name + ": " + one.key.id +
                                             " is another resource of the template already");
      }
      result.resources.push_back(one.key);
    }
    scope.resources[resource.name] = Found(change, resource, made);
  }
  for (const auto& [name, output] : source.outputs) {
    SCV_ASSIGN(const bool holds, evaluator.Holds(output.condition));
    if (!holds) continue;
    SCV_ASSIGN(const auto value, evaluator.Evaluate(output.value));
    if (!value.is_string()) {
      return Fail(ErrorKind::kInvalid, "Outputs." + name + ": must be a text");
    }
    result.outputs[name] = value.get_string();
  }
  return result;
}

std::vector<aws::ResourceKey> ResourcesOf(const aws::DesiredState& state,
                                          const std::string& stack_id) {
  std::vector<aws::ResourceKey> keys;
  for (const auto* type : {"aws_route53_record", "aws_route53_health_check"}) {
    for (const auto& resource : state.List(aws::kGlobal, type)) {
      if (aws::String(resource->attributes, kStack) == stack_id) keys.push_back(resource->key);
    }
  }
  return keys;
}

}  // namespace scv::provider::cloudformation
