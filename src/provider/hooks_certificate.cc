// ACM's validation records, Route 53's record names.
#include <map>
#include <set>

#include "provider/conform.h"
#include "provider/hooks.h"
#include "provider/random_text.h"

namespace scv::provider {
namespace {

std::set<std::string> NamesOf(const Value& attributes) {
  std::set<std::string> names{attributes["domain_name"].Text()};
  for (const auto& name : attributes["subject_alternative_names"].Items()) {
    names.insert(name.Text());
  }
  names.erase("");
  return names;
}

bool IsRequested(const Value& attributes) {
  return attributes["certificate_body"].is_null() &&
         attributes["validation_method"].Text() != "EMAIL" &&
         !attributes["domain_name"].is_unknown();
}

// ACM counts the first name among the others, and knows at once for which names it will want a
// proof, though not yet which.
void PlanCertificate(const Value& prior, const Value& /*config*/, Value& planned) {
  if (!IsRequested(planned)) return;
  auto& others = planned.At("subject_alternative_names");
  if (!others.IsWhollyKnown()) return;
  const auto names = NamesOf(planned);
  Value::List all;
  for (const auto& name : names) all.emplace_back(name);
  others = Value(std::move(all));
  if (!prior.is_null()) return;
  Value::List options;
  for (const auto& name : names) {
    options.emplace_back(Value::Object{{"domain_name", Value(name)},
                                       {"resource_record_name", Value::Unknown{}},
                                       {"resource_record_type", Value::Unknown{}},
                                       {"resource_record_value", Value::Unknown{}}});
  }
  planned.At("domain_validation_options") = Value(std::move(options));
}

// The same account proves a name with the same record in every region.
Value Proof(const std::string& name) {
  const auto base = name.starts_with("*.") ? name.substr(2) : name;
  const auto account = std::string(aws::kLabAccount);
  return Value(Value::Object{
      {"domain_name", Value(name)},
      {"resource_record_name", Value("_" + HashText(account + base, 32) + "." + base + ".")},
      {"resource_record_type", Value("CNAME")},
      {"resource_record_value", Value("_" + HashText(base + account, 32) + "." +
                                      HashText(account, 10) + ".acm-validations.aws.")}});
}

Result<void> FillCertificate(const aws::DesiredState& /*state*/, HookContext& context) {
  if (!context.creating()) return {};
  auto& attributes = context.attributes;
  if (!attributes["certificate_body"].is_null()) {
    attributes.At("type") = Value("IMPORTED");
    attributes.At("status") = Value("ISSUED");
    return {};
  }
  const auto names = NamesOf(attributes);
  Value::List all;
  Value::List options;
  for (const auto& name : names) {
    all.emplace_back(name);
    options.push_back(Proof(name));
  }
  attributes.At("subject_alternative_names") = Value(std::move(all));
  if (attributes["validation_method"].Text() == "EMAIL") options.clear();
  attributes.At("domain_validation_options") = Value(std::move(options));
  return {};
}

// Whether the records that ACM wants were named; that they answer is the lab's to see.
Result<void> FillValidation(const aws::DesiredState& state, HookContext& context) {
  const auto& arn = context.attributes["certificate_arn"].Text();
  const auto* certificate = state.Find(context.region, "aws_acm_certificate", arn);
  if (certificate == nullptr) return {};
  std::set<std::string> given;
  for (const auto& name : context.attributes["validation_record_fqdns"].Items()) {
    auto text = name.Text();
    if (text.ends_with('.')) text.pop_back();
    given.insert(text);
  }
  if (given.empty()) return {};
  for (const auto* option : aws::Blocks(certificate->attributes, "domain_validation_options")) {
    auto name = aws::String(*option, "resource_record_name");
    if (name.ends_with('.')) name.pop_back();
    if (!given.contains(name)) {
      context.diagnostics.push_back(
          {.summary = "A validation record is missing",
           .detail = "validation_record_fqdns lacks " + name + " for " +
                     aws::String(*option, "domain_name") +
                     ". Make a record for each of domain_validation_options.",
           .path = {AttributeStep("validation_record_fqdns")}});
      return Fail(ErrorKind::kInvalid, "a validation record is missing");
    }
  }
  return {};
}

std::string WithoutDot(std::string name) {
  if (name.ends_with('.')) name.pop_back();
  return name;
}

// Records of one name and type have one routing policy.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-shared.html
std::string PolicyOf(const Value& record) {
  for (const auto* policy : {"failover_routing_policy", "geolocation_routing_policy",
                             "weighted_routing_policy", "latency_routing_policy"}) {
    if (!record[policy].Items().empty()) return policy;
  }
  return record["multivalue_answer_routing_policy"].Flag() ? "multivalue_answer_routing_policy"
                                                           : "";
}

Result<void> CheckRecordFits(const aws::DesiredState& state, const HookContext& context,
                             const std::string& name) {
  const auto& attributes = context.attributes;
  const auto policy = PolicyOf(attributes);
  for (const auto& other : state.List(aws::kGlobal, "aws_route53_record")) {
    const auto& a = other->attributes;
    const bool same = aws::String(a, "zone_id") == attributes["zone_id"].Text() &&
                      aws::String(a, "type") == attributes["type"].Text() &&
                      aws::String(a, "fqdn") == name && other->key.id != context.key.id &&
                      other->status != aws::Status::kDeleting;
    if (!same || PolicyOf(FromJson(a)) == policy) continue;
    return Fail(ErrorKind::kConflict,
                "there is a record " + name + " of the same type with another routing policy (" +
                    other->key.id +
                    "), and a name has one (InvalidChangeBatch). Delete that one first");
  }
  return {};
}

Result<void> FillRecord(const aws::DesiredState& state, HookContext& context) {
  auto& attributes = context.attributes;
  const auto* zone = state.Find(aws::kGlobal, "aws_route53_zone", attributes["zone_id"].Text());
  auto name = WithoutDot(attributes["name"].Text());
  const auto apex = zone == nullptr ? "" : WithoutDot(aws::String(zone->attributes, "name"));
  if (name.empty()) {
    name = apex;
  } else if (!apex.empty() && name != apex && !name.ends_with("." + apex)) {
    name += "." + apex;
  }
  attributes.At("fqdn") = Value(name);
  SCV_TRY(CheckRecordFits(state, context, name));
  if (attributes["id"].is_unknown()) {
    const auto& set = attributes["set_identifier"].Text();
    attributes.At("id") = Value(attributes["zone_id"].Text() + "_" + attributes["name"].Text() +
                                "_" + attributes["type"].Text() + (set.empty() ? "" : "_" + set));
  }
  return {};
}

// A private zone's first VPCs are of the provider's region unless they say another one.
Result<void> FillZone(const aws::DesiredState& /*state*/, HookContext& context) {
  auto* vpcs = context.attributes.At("vpc").As<Value::List>();
  if (vpcs == nullptr) return {};
  for (auto& vpc : *vpcs) {
    if (vpc["vpc_region"].Text().empty()) vpc.At("vpc_region") = Value(context.region);
  }
  return {};
}

bool ForceDestroy(const Value& attributes) { return attributes["force_destroy"].Flag(); }

// force_destroy: records that nobody deleted go with their zone.
Result<void> DeleteRecords(HookContext& context) {
  if (!ForceDestroy(context.attributes)) return {};
  const auto state = context.services.account->State();
  for (const auto& record : state->List(aws::kGlobal, "aws_route53_record")) {
    if (aws::String(record->attributes, "zone_id") != context.key.id) continue;
    const auto deleted = context.services.account->Delete(record->key);
    if (!deleted.has_value() && deleted.error().kind != ErrorKind::kNotFound) return deleted;
  }
  return {};
}

}  // namespace

const Hooks* CertificateHooks(std::string_view type) {
  static const std::map<std::string_view, Hooks> kHooks{
      {"aws_acm_certificate", {.plan = PlanCertificate, .fill = FillCertificate}},
      {"aws_acm_certificate_validation", {.fill = FillValidation}},
      {"aws_route53_record", {.fill = FillRecord}},
      {"aws_route53_zone",
       {.fill = FillZone, .takes_dependents = ForceDestroy, .prepare_delete = DeleteRecords}},
  };
  const auto found = kHooks.find(type);
  return found == kHooks.end() ? nullptr : &found->second;
}

}  // namespace scv::provider
