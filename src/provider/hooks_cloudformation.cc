// aws_cloudformation_stack: a template's resources become resources of the account, owned by the
// stack. They come and go with it, and Terraform sees the stack alone.
#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "provider/cloudformation_recorded.h"
#include "provider/cloudformation_solutions.h"
#include "provider/cloudformation_stack.h"
#include "provider/cloudformation_template.h"
#include "provider/conform.h"
#include "provider/hooks.h"
#include "provider/references.h"

namespace scv::provider {
namespace {

using cloudformation::StackChange;

// How long a stack's resources may take together; CloudFormation itself would wait for hours.
constexpr std::chrono::seconds kSettlePatience{120};

std::map<std::string, std::string> Texts(const Value& map) {
  std::map<std::string, std::string> texts;
  for (const auto& [name, value] : map.Fields()) texts[name] = value.Text();
  return texts;
}

void ValidateStack(const Value& config, Diagnostics& diagnostics) {
  const auto say = [&](const char* attribute, std::string summary, std::string detail) {
    diagnostics.push_back({.summary = std::move(summary),
                           .detail = std::move(detail),
                           .path = {AttributeStep(attribute)}});
  };
  if (!config["template_url"].is_null()) {
    if (config["template_url"].is_unknown()) return;
    const auto problem = cloudformation::UrlProblem(config["template_url"].Text());
    if (!problem.empty()) say("template_url", "The template has no fitting URL", problem);
    return;
  }
  if (config["template_body"].is_null()) {
    say("template_body", "The stack has no template", "Set template_body, or template_url.");
    return;
  }
  if (config["template_body"].is_unknown()) return;
  const auto read = cloudformation::ReadTemplate(config["template_body"].Text());
  if (!read.has_value()) {
    say("template_body", "The template does not fit", read.error().message);
    return;
  }
  if (!config["parameters"].IsWhollyKnown()) return;
  const auto values =
      cloudformation::ParameterValues(read->parameters, Texts(config["parameters"]));
  if (!values.has_value()) say("parameters", "The parameters do not fit", values.error().message);
}

// --- What the plan says --------------------------------------------------------------------------

// Terraform shows one of all warnings with the same summary, so the stack's name is in it.
void Warn(const Value& planned, const char* attribute, std::string detail,
          Diagnostics& diagnostics) {
  diagnostics.push_back({.warning = true,
                         .summary = "Recorded, not simulated: stack " + planned["name"].Text(),
                         .detail = std::move(detail),
                         .path = {AttributeStep(attribute)}});
}

void AnnounceUrl(const Value& planned, Diagnostics& diagnostics) {
  const auto& url = planned["template_url"].Text();
  const auto solution = cloudformation::SolutionOf(url);
  Warn(planned, "template_url",
       "The lab fetches no template: it keeps the stack of " + cloudformation::TemplateName(url) +
           " as a whole, and nothing in the lab behaves differently for it. " +
           (solution.empty() ? "It has no outputs. Give template_body, where the configuration "
                               "reads any."
                             : "Its outputs are made up as those of " + solution + "."),
       diagnostics);
}

void AnnounceBody(const Value& planned, Diagnostics& diagnostics) {
  const auto source = cloudformation::ReadTemplate(planned["template_body"].Text());
  if (!source.has_value()) return;
  const auto parameters = Texts(planned["parameters"]);
  const bool known = planned["parameters"].IsWhollyKnown() && !planned["region"].Text().empty();
  const auto types = cloudformation::RecordedTypes(
      *source, {planned["id"].Text(), planned["name"].Text(), planned["region"].Text()},
      known ? &parameters : nullptr);
  if (!types.has_value()) {
    diagnostics.push_back({.summary = "The stack cannot be made",
                           .detail = types.error().message,
                           .path = {AttributeStep("parameters")}});
    return;
  }
  if (types->empty()) return;
  Warn(planned, "template_body",
       "It has " + cloudformation::SayRecorded(types->size(), {types->begin(), types->end()}) +
           ". They come, change and go with the stack, but nothing in the lab behaves differently "
           "for them.",
       diagnostics);
}

void AnnounceStack(const Value& prior, const Value& planned, Diagnostics& diagnostics) {
  const auto changes = [&](const char* name) {
    return prior.is_null() || prior[name] != planned[name];
  };
  if (!planned["template_url"].Text().empty()) {
    if (changes("template_url")) AnnounceUrl(planned, diagnostics);
    return;
  }
  if (planned["template_body"].Text().empty()) return;
  if (changes("template_body") || changes("parameters")) AnnounceBody(planned, diagnostics);
}

// --- What NoEcho hides ---------------------------------------------------------------------------

// Of a template that the lab never saw, every parameter may be a secret.
void WithholdAll(Value& kept) {
  auto hidden = kept["parameters"].Fields();
  for (auto& [name, value] : hidden) value = Value(std::string(cloudformation::kNotShown));
  if (!hidden.empty()) kept.At("parameters") = Value(std::move(hidden));
}

void WithholdParameters(Value& kept) {
  if (!kept["template_url"].Text().empty()) return WithholdAll(kept);
  const auto source = cloudformation::ReadTemplate(kept["template_body"].Text());
  if (!source.has_value()) return;
  for (const auto& [name, parameter] : source->parameters) {
    const bool given = !kept["parameters"][name].is_null();
    if (parameter.hidden && given) {
      kept.At("parameters").At(name) = Value(std::string(cloudformation::kNotShown));
    }
  }
}

void RecallParameters(const Value& current, Value& read) {
  const auto parameters = read["parameters"];
  for (const auto& [name, value] : parameters.Fields()) {
    const auto& known = current["parameters"][name];
    if (value.Text() != cloudformation::kNotShown || known.is_null()) continue;
    read.At("parameters").At(name) = known;
  }
}

// --- What becomes of it --------------------------------------------------------------------------

bool IsRecorded(const aws::ResourceKey& key) { return cloudformation::IsRecordedType(key.type); }

// Whether all that is only recorded and goes may go.
Result<void> CheckFree(const aws::DesiredState& state, const std::vector<aws::ResourceKey>& going,
                       Diagnostics& diagnostics) {
  for (const auto& key : going) {
    auto problems = CheckNotNeeded(state, *state.Find(key));
    if (problems.empty()) continue;
    diagnostics.insert(diagnostics.end(), problems.begin(), problems.end());
    return Fail(ErrorKind::kConflict, problems.front().summary);
  }
  return {};
}

std::vector<aws::ResourceKey> RecordedOf(const aws::DesiredState& state,
                                         const std::string& stack_id) {
  auto keys = cloudformation::ResourcesOf(state, stack_id);
  std::erase_if(keys, [](const auto& key) { return !IsRecorded(key); });
  return keys;
}

// Nothing has to be taken down for it, so it goes in the same write.
Result<void> Forget(aws::DesiredState& state, HookContext& context,
                    const std::vector<aws::ResourceKey>& stays) {
  auto going = RecordedOf(state, context.attributes["id"].Text());
  const std::set<aws::ResourceKey> kept(stays.begin(), stays.end());
  std::erase_if(going, [&](const auto& key) { return kept.contains(key); });
  SCV_TRY(CheckFree(state, going, context.diagnostics));
  for (const auto& key : going) state.Remove(key);
  return {};
}

Result<void> ExpandStack(aws::DesiredState& state, HookContext& context) {
  auto& attributes = context.attributes;
  StackChange change{.state = state,
                     .services = context.services,
                     .id = attributes["id"].Text(),
                     .name = attributes["name"].Text(),
                     .region = context.region,
                     .template_body = attributes["template_body"].Text(),
                     .template_url = attributes["template_url"].Text(),
                     .parameters = Texts(attributes["parameters"]),
                     .tags = Texts(attributes["tags_all"])};
  SCV_ASSIGN(const auto made, cloudformation::MakeStack(change));
  SCV_TRY(Forget(state, context, made.resources));
  Value::Object outputs;
  for (const auto& [name, value] : made.outputs) outputs[name] = Value(value);
  attributes.At("outputs") = Value(std::move(outputs));
  boost::json::array keys;
  for (const auto& key : made.resources) keys.emplace_back(key.type + " " + key.id);
  context.hidden["_resources"] = std::move(keys);
  return {};
}

std::set<std::string> Wanted(const HookContext& context) {
  std::set<std::string> wanted;
  const auto* keys = context.hidden.if_contains("_resources");
  if (keys == nullptr || !keys->is_array()) return wanted;
  for (const auto& key : keys->get_array()) wanted.emplace(key.as_string());
  return wanted;
}

const std::function<bool()> kNeverStopped = [] { return false; };

// Those that nothing wants any more; the others become what they should be meanwhile.
Result<void> Settle(HookContext& context, const std::set<std::string>& wanted) {
  auto& account = *context.services.account;
  const auto until = std::chrono::steady_clock::now() + kSettlePatience;
  for (const auto& key : cloudformation::ResourcesOf(*account.State(), context.key.id)) {
    const bool stays = wanted.contains(key.type + " " + key.id);
    if (!stays && IsRecorded(key)) continue;
    if (!stays) {
      const auto deleted = account.Delete(key);
      if (!deleted.has_value() && deleted.error().kind != ErrorKind::kNotFound) return deleted;
    }
    const auto settled = account.WaitSettled(key, until, kNeverStopped);
    const bool gone = !settled.has_value() && settled.error().kind == ErrorKind::kNotFound;
    if (!settled.has_value() && !(gone && !stays)) {
      return Fail(settled.error().kind,
                  "its " + key.type + " " + key.id + ": " + settled.error().message);
    }
  }
  return {};
}

Result<void> SettleStack(HookContext& context) { return Settle(context, Wanted(context)); }

Result<void> DeleteStack(HookContext& context) {
  SCV_TRY(Settle(context, {}));
  return context.services.account->Write([&](aws::DesiredState& state) -> Result<void> {
    for (const auto& key : RecordedOf(state, context.key.id)) state.Remove(key);
    return {};
  });
}

Result<void> MayDeleteStack(const aws::DesiredState& state, HookContext& context) {
  return CheckFree(state, RecordedOf(state, context.key.id), context.diagnostics);
}

}  // namespace

const Hooks* CloudFormationHooks(std::string_view type) {
  static const Hooks kStack{.validate = ValidateStack,
                            .announce = AnnounceStack,
                            .expand = ExpandStack,
                            .withhold = WithholdParameters,
                            .recall = RecallParameters,
                            .store = SettleStack,
                            .prepare_delete = DeleteStack,
                            .may_delete = MayDeleteStack};
  return type == "aws_cloudformation_stack" ? &kStack : nullptr;
}

}  // namespace scv::provider
