#include "provider/cloudformation_stack.h"

#include <algorithm>
#include <set>

#include "aws/arn.h"
#include "provider/cloudformation_evaluate.h"
#include "provider/cloudformation_names.h"
#include "provider/cloudformation_recorded.h"
#include "provider/cloudformation_solutions.h"
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

Result<Scope> ScopeOf(const StackNames& names, const Template& source,
                      const std::map<std::string, std::string>& parameters) {
  Scope scope;
  SCV_ASSIGN(const auto values, ParameterValues(source.parameters, parameters));
  for (const auto& [name, parameter] : source.parameters) {
    scope.values[name] = ReferredTo(parameter, values.at(name));
    if (parameter.hidden) scope.hidden.insert(name);
  }
  scope.values.merge(
      std::map<std::string, json::value>{{"AWS::AccountId", json::value(aws::kLabAccount)},
                                         {"AWS::NotificationARNs", json::array()},
                                         {"AWS::Partition", json::value("aws")},
                                         {"AWS::Region", json::value(names.region)},
                                         {"AWS::StackId", json::value(names.id)},
                                         {"AWS::StackName", json::value(names.name)},
                                         {"AWS::URLSuffix", json::value("amazonaws.com")}});
  SCV_TRY(CheckAssertions(source.rules, scope.values));
  return scope;
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

// Carries a template out, or keeps what it says, resource by resource.
class Stack {
 public:
  Stack(const StackChange& change, const Template& source, Scope scope)
      : change_(change), source_(source), scope_(std::move(scope)), evaluator_(source_, scope_) {}

  Result<StackResult> Make() {
    for (const auto& resource : source_.resources) {
      SCV_ASSIGN(const bool holds, evaluator_.Holds(resource.condition));
      if (!holds) continue;
      SCV_TRY(resource.recorded ? Record(resource) : CarryOut(resource));
    }
    SCV_TRY(Say());
    return std::move(result_);
  }

 private:
  Result<void> CarryOut(const Resource& resource) {
    SCV_ASSIGN(const auto made, MakeOne(change_, resource, evaluator_));
    for (const auto& one : made) SCV_TRY(Own(resource, one.key));
    scope_.resources[resource.name] = Found(change_, resource, made);
    return {};
  }

  Result<void> Record(const Resource& resource) {
    SCV_ASSIGN(auto properties, evaluator_.EvaluateShown(resource.properties));
    if (!properties.is_object()) {
      return Fail(ErrorKind::kInvalid, "Resources." + resource.name + ": Properties must be a map");
    }
    const Owner owner{change_.id, change_.name, change_.region};
    SCV_ASSIGN(auto recorded,
               Describe(owner, resource.name, resource.type, std::move(properties.get_object())));
    SCV_TRY(Own(resource, recorded.key));
    SCV_TRY(Keep(change_.state, owner, resource.name, recorded));
    scope_.recorded[resource.name] = std::move(recorded);
    return {};
  }

  Result<void> Own(const Resource& resource, const aws::ResourceKey& key) {
    if (!owned_.insert(key).second) {
      return Fail(ErrorKind::kInvalid, "Resources." + resource.name + ": " + key.id +
                                           " is another resource of the template already");
    }
    result_.resources.push_back(key);
    return {};
  }

  Result<void> Say() {
    for (const auto& [name, output] : source_.outputs) {
      SCV_ASSIGN(const bool holds, evaluator_.Holds(output.condition));
      if (!holds) continue;
      SCV_ASSIGN(const auto value, evaluator_.EvaluateShown(output.value));
      if (!value.is_string()) {
        return Fail(ErrorKind::kInvalid, "Outputs." + name + ": must be a text");
      }
      result_.outputs[name] = value.get_string();
    }
    return {};
  }

  const StackChange& change_;
  const Template& source_;
  Scope scope_;
  Evaluator evaluator_;
  std::set<aws::ResourceKey> owned_;
  StackResult result_;
};

}  // namespace

Result<StackResult> MakeStack(const StackChange& change) {
  if (!change.template_url.empty()) return MakeSolution(change);
  SCV_ASSIGN(const auto source, ReadTemplate(change.template_body));
  SCV_ASSIGN(auto scope,
             ScopeOf({change.id, change.name, change.region}, source, change.parameters));
  return Stack(change, source, std::move(scope)).Make();
}

Result<std::vector<std::string>> RecordedTypes(
    const Template& source, const StackNames& names,
    const std::map<std::string, std::string>* parameters) {
  Scope scope;
  if (parameters != nullptr) {
    SCV_ASSIGN(scope, ScopeOf(names, source, *parameters));
  }
  Evaluator evaluator(source, scope);
  std::vector<std::string> types;
  for (const auto& resource : source.resources) {
    if (!resource.recorded) continue;
    if (parameters != nullptr) {
      SCV_ASSIGN(const bool holds, evaluator.Holds(resource.condition));
      if (!holds) continue;
    }
    types.push_back(resource.type);
  }
  return types;
}

std::vector<aws::ResourceKey> ResourcesOf(const aws::DesiredState& state,
                                          const std::string& stack_id) {
  std::vector<aws::ResourceKey> keys;
  for (const auto* type : {"aws_route53_record", "aws_route53_health_check"}) {
    for (const auto& resource : state.List(aws::kGlobal, type)) {
      if (aws::String(resource->attributes, kStack) == stack_id) keys.push_back(resource->key);
    }
  }
  for (const auto& [key, resource] : state.all()) {
    if (!IsRecordedType(key.type)) continue;
    if (aws::String(resource->attributes, kStack) == stack_id) keys.push_back(key);
  }
  return keys;
}

}  // namespace scv::provider::cloudformation
