// Launch templates: a change makes a further version, and the earlier ones stay.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>

#include "provider/hooks.h"

namespace scv::provider {
namespace {

namespace json = boost::json;

constexpr std::size_t kVersionsMax = 200;
constexpr std::array<std::string_view, 6> kNotOfAVersion{
    "tags", "tags_all", "default_version", "update_default_version", "latest_version", "name"};

void PlanTemplate(const Value& prior, const Value& config, Value& planned) {
  if (prior.is_null()) return;
  const bool changed = std::ranges::any_of(planned.Fields(), [&](const auto& field) {
    return field.second != prior[field.first] &&
           std::ranges::count(kNotOfAVersion, field.first) == 0;
  });
  if (changed) planned.At("latest_version") = Value::Unknown{};
  const bool follows = config["update_default_version"].Flag();
  if (follows && (changed || prior["default_version"] != prior["latest_version"])) {
    planned.At("default_version") = Value::Unknown{};
  }
}

// The version that stood until now, among the earlier ones.
void KeepVersion(const aws::Resource& stored, json::object& hidden) {
  json::array versions;
  if (const auto* known = hidden.if_contains("_versions"); known != nullptr && known->is_array()) {
    versions = known->get_array();
  }
  auto version = stored.attributes;
  version.erase("_versions");
  version["version"] = aws::Integer(stored.attributes, "latest_version", 1);
  versions.push_back(std::move(version));
  while (versions.size() > kVersionsMax) versions.erase(versions.begin());
  hidden["_versions"] = std::move(versions);
}

Result<void> FillTemplate(const aws::DesiredState& state, HookContext& context) {
  auto& attributes = context.attributes;
  auto& latest = attributes.At("latest_version");
  if (latest.is_unknown()) {
    const auto* stored = context.creating() ? nullptr : state.Find(context.key);
    if (stored != nullptr) KeepVersion(*stored, context.hidden);
    latest = Value(stored == nullptr ? std::int64_t{1}
                                     : aws::Integer(stored->attributes, "latest_version", 1) + 1);
  }
  auto& chosen = attributes.At("default_version");
  if (chosen.is_unknown()) {
    chosen = attributes["update_default_version"].Flag() ? latest : Value(1);
  }
  if (chosen.Number() < 1 || chosen.Number() > latest.Number()) {
    return Fail(ErrorKind::kInvalid, "default_version names no version of the launch template");
  }
  return {};
}

}  // namespace

const Hooks* TemplateHooks(std::string_view type) {
  static const Hooks kTemplate{.plan = PlanTemplate, .fill = FillTemplate};
  return type == "aws_launch_template" ? &kTemplate : nullptr;
}

}  // namespace scv::provider
