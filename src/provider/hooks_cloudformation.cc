// aws_cloudformation_stack: a template's resources become resources of the account, owned by the
// stack. They come and go with it, and Terraform sees the stack alone.
#include <chrono>
#include <map>
#include <set>

#include "provider/cloudformation_stack.h"
#include "provider/cloudformation_template.h"
#include "provider/conform.h"
#include "provider/hooks.h"

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
    say("template_url", "The lab reads no template from a URL",
        "Give the template itself: template_body = file(\"…\").");
    return;
  }
  if (config["template_body"].is_null()) {
    say("template_body", "The stack has no template", "Set template_body.");
    return;
  }
  if (config["template_body"].is_unknown()) return;
  const auto read = cloudformation::ReadTemplate(config["template_body"].Text());
  if (!read.has_value()) {
    say("template_body", "The template does not fit", read.error().message);
    return;
  }
  if (!config["parameters"].IsWhollyKnown()) return;
  const auto values = cloudformation::ParameterValues(*read, Texts(config["parameters"]));
  if (!values.has_value()) say("parameters", "The parameters do not fit", values.error().message);
}

Result<void> ExpandStack(aws::DesiredState& state, HookContext& context) {
  auto& attributes = context.attributes;
  StackChange change{.state = state,
                     .services = context.services,
                     .id = attributes["id"].Text(),
                     .name = attributes["name"].Text(),
                     .region = context.region,
                     .template_body = attributes["template_body"].Text(),
                     .parameters = Texts(attributes["parameters"]),
                     .tags = Texts(attributes["tags_all"])};
  SCV_ASSIGN(const auto made, cloudformation::MakeStack(change));
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

Result<void> DeleteStack(HookContext& context) { return Settle(context, {}); }

}  // namespace

const Hooks* CloudFormationHooks(std::string_view type) {
  static const Hooks kStack{.validate = ValidateStack,
                            .expand = ExpandStack,
                            .store = SettleStack,
                            .prepare_delete = DeleteStack};
  return type == "aws_cloudformation_stack" ? &kStack : nullptr;
}

}  // namespace scv::provider
