#include "provider/cloudformation_template.h"

#include <algorithm>
#include <charconv>

#include "provider/cloudformation_names.h"
#include "provider/cloudformation_references.h"
#include "provider/cloudformation_yaml.h"

namespace scv::provider::cloudformation {
namespace {

namespace json = boost::json;

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
constexpr std::size_t kEntriesMax = 200;
constexpr std::size_t kResourcesMax = 500;
constexpr std::size_t kNameMax = 255;

std::unexpected<Error> Wrong(const std::string& where, const std::string& why) {
  return Fail(ErrorKind::kInvalid, where + ": " + why);
}

Result<const json::object*> ObjectAt(const json::object& parent, std::string_view name,
                                     const std::string& where) {
  static const json::object kNone;
  const auto* found = parent.if_contains(name);
  if (found == nullptr) return &kNone;
  if (!found->is_object()) return Wrong(where, std::string(name) + " must be a map");
  return &found->get_object();
}

Result<std::string> TextAt(const json::object& parent, std::string_view name,
                           const std::string& where) {
  const auto* found = parent.if_contains(name);
  if (found == nullptr) return std::string();
  if (!found->is_string()) return Wrong(where, std::string(name) + " must be a text");
  return std::string(found->get_string());
}

Result<void> OnlyKeys(const json::object& object, std::initializer_list<std::string_view> allowed,
                      const std::string& where) {
  for (const auto& entry : object) {
    const std::string_view key = entry.key();
    if (std::ranges::find(allowed, key) != allowed.end()) continue;
    std::string list;
    for (const auto name : allowed) list += (list.empty() ? "" : ", ") + std::string(name);
    return Wrong(where,
                 "the lab does not support " + std::string(key).substr(0, 80) + "; only " + list);
  }
  return {};
}

Result<void> CheckName(std::string_view name, const std::string& where) {
  const bool fine = !name.empty() && name.size() <= kNameMax &&
                    std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0; });
  if (fine) return {};
  return Wrong(where,
               "the name " + std::string(name.substr(0, 80)) + " must be of letters and digits");
}

template <typename Number>
Result<std::optional<Number>> NumberAt(const json::object& parent, std::string_view name,
                                       const std::string& where) {
  SCV_ASSIGN(const auto text, TextAt(parent, name, where));
  if (text.empty()) return std::optional<Number>();
  Number number{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size()) {
    return Wrong(where, std::string(name) + " must be a number");
  }
  return std::optional<Number>(number);
}

Result<Parameter> ReadParameter(const std::string& name, const json::value& value) {
  const auto where = "Parameters." + name;
  SCV_TRY(CheckName(name, where));
  if (!value.is_object()) return Wrong(where, "must be a map");
  const auto& object = value.get_object();
  SCV_TRY(OnlyKeys(object,
                   {"Type", "Default", "Description", "AllowedValues", "ConstraintDescription",
                    "MinLength", "MaxLength", "MinValue", "MaxValue"},
                   where));
  Parameter parameter;
  SCV_ASSIGN(parameter.type, TextAt(object, "Type", where));
  if (parameter.type == "AWS::Route53::HostedZone::Id") parameter.type = "String";
  if (parameter.type != "String" && parameter.type != "Number") {
    return Wrong(where,
                 "the lab supports the types String, Number and "
                 "AWS::Route53::HostedZone::Id");
  }
  if (object.contains("Default")) {
    SCV_ASSIGN(parameter.fallback, TextAt(object, "Default", where));
  }
  if (const auto* allowed = object.if_contains("AllowedValues")) {
    if (!allowed->is_array()) return Wrong(where, "AllowedValues must be a list");
    for (const auto& one : allowed->get_array()) {
      if (!one.is_string()) return Wrong(where, "AllowedValues must be texts or numbers");
      parameter.allowed.emplace_back(one.get_string());
    }
  }
  SCV_ASSIGN(parameter.constraint, TextAt(object, "ConstraintDescription", where));
  SCV_ASSIGN(parameter.min_length, NumberAt<long>(object, "MinLength", where));
  SCV_ASSIGN(parameter.max_length, NumberAt<long>(object, "MaxLength", where));
  SCV_ASSIGN(parameter.min_value, NumberAt<double>(object, "MinValue", where));
  SCV_ASSIGN(parameter.max_value, NumberAt<double>(object, "MaxValue", where));
  return parameter;
}

Result<Resource> ReadResource(const std::string& name, const json::value& value) {
  const auto where = "Resources." + name;
  SCV_TRY(CheckName(name, where));
  if (!value.is_object()) return Wrong(where, "must be a map");
  const auto& object = value.get_object();
  SCV_TRY(OnlyKeys(object, {"Type", "Properties", "Condition", "DependsOn", "Metadata"}, where));
  Resource resource;
  resource.name = name;
  SCV_ASSIGN(resource.type, TextAt(object, "Type", where));
  SCV_TRY(CheckSupported(resource.type, where));
  SCV_ASSIGN(const auto* properties, ObjectAt(object, "Properties", where));
  resource.properties = *properties;
  SCV_ASSIGN(resource.condition, TextAt(object, "Condition", where));
  const auto* needs = object.if_contains("DependsOn");
  if (needs == nullptr) return resource;
  const json::array list = needs->is_array() ? needs->get_array() : json::array{*needs};
  for (const auto& one : list) {
    if (!one.is_string()) return Wrong(where, "DependsOn wants names");
    resource.needs.emplace(one.get_string());
  }
  return resource;
}

// In an order that no run changes.
Result<void> Sort(Template& made) {
  std::vector<Resource> sorted;
  std::set<std::string> done;
  while (sorted.size() < made.resources.size()) {
    const auto before = sorted.size();
    for (const auto& resource : made.resources) {
      const bool ready = std::ranges::all_of(resource.needs,
                                             [&](const auto& name) { return done.contains(name); });
      if (!ready || done.contains(resource.name)) continue;
      sorted.push_back(resource);
      done.insert(resource.name);
    }
    if (sorted.size() > before) continue;
    std::string circle;
    for (const auto& resource : made.resources) {
      if (!done.contains(resource.name)) circle += (circle.empty() ? "" : ", ") + resource.name;
    }
    return Wrong("Resources", "these depend on each other in a circle: " + circle.substr(0, 400));
  }
  made.resources = std::move(sorted);
  return {};
}

// A condition that leads back to itself would never be decided.
Result<void> CheckConditions(const Template& made) {
  std::map<std::string, std::set<std::string>> left;
  for (const auto& [name, value] : made.conditions) {
    References references(made, "Conditions." + std::string(name));
    SCV_TRY(references.Collect(value, true));
    left[name] = references.conditions;
  }
  for (bool changed = true; changed;) {
    changed = std::erase_if(left, [&](const auto& one) {
                return std::ranges::none_of(
                    one.second, [&](const auto& other) { return left.contains(other); });
              }) > 0;
  }
  if (left.empty()) return {};
  return Wrong("Conditions." + left.begin()->first, "refers to itself");
}

Result<void> CheckReferences(Template& made) {
  SCV_TRY(CheckConditions(made));
  const auto has = [&](const std::string& condition) {
    return condition.empty() || made.conditions.contains(condition);
  };
  for (auto& resource : made.resources) {
    const auto where = "Resources." + resource.name;
    if (!has(resource.condition)) return Wrong(where, "there is no condition of that name");
    for (const auto& name : resource.needs) {
      if (std::ranges::find(made.resources, name, &Resource::name) == made.resources.end()) {
        return Wrong(where, "DependsOn names no resource: " + name.substr(0, 80));
      }
    }
    References references(made, where);
    SCV_TRY(references.Collect(resource.properties, false));
    resource.needs.merge(references.resources);
  }
  for (const auto& [name, output] : made.outputs) {
    if (!has(output.condition)) {
      return Wrong("Outputs." + name, "there is no condition of that name");
    }
    References references(made, "Outputs." + name);
    SCV_TRY(references.Collect(output.value, false));
  }
  return Sort(made);
}

Result<void> ReadSections(const json::object& root, Template& made) {
  SCV_ASSIGN(const auto* parameters, ObjectAt(root, "Parameters", "the template"));
  SCV_ASSIGN(const auto* conditions, ObjectAt(root, "Conditions", "the template"));
  SCV_ASSIGN(const auto* resources, ObjectAt(root, "Resources", "the template"));
  SCV_ASSIGN(const auto* outputs, ObjectAt(root, "Outputs", "the template"));
  if (resources->empty()) return Wrong("the template", "has no Resources");
  if (parameters->size() > kEntriesMax || conditions->size() > kEntriesMax ||
      outputs->size() > kEntriesMax || resources->size() > kResourcesMax) {
    return Wrong("the template", "has more than 500 resources, or 200 of anything else");
  }
  for (const auto& [name, value] : *parameters) {
    SCV_ASSIGN(made.parameters[name], ReadParameter(name, value));
  }
  for (const auto& [name, value] : *conditions) SCV_TRY(CheckName(name, "Conditions"));
  made.conditions = *conditions;
  for (const auto& [name, value] : *resources) {
    SCV_ASSIGN(auto resource, ReadResource(name, value));
    made.resources.push_back(std::move(resource));
  }
  for (const auto& [name, value] : *outputs) {
    const auto where = "Outputs." + std::string(name);
    SCV_TRY(CheckName(name, where));
    if (!value.is_object() || !value.get_object().contains("Value")) {
      return Wrong(where, "must be a map with a Value");
    }
    SCV_TRY(OnlyKeys(value.get_object(), {"Value", "Description", "Condition"}, where));
    auto& output = made.outputs[name];
    output.value = value.get_object().at("Value");
    SCV_ASSIGN(output.condition, TextAt(value.get_object(), "Condition", where));
  }
  return {};
}

Result<void> CheckValue(const std::string& name, const Parameter& parameter,
                        const std::string& value) {
  const auto where = "the parameter " + name;
  const auto why = parameter.constraint.empty() ? "" : " (" + parameter.constraint + ")";
  const auto length = static_cast<long>(value.size());
  if (!parameter.allowed.empty() && std::ranges::count(parameter.allowed, value) == 0) {
    return Wrong(where, "is none of its AllowedValues" + why);
  }
  if (length < parameter.min_length.value_or(0) || length > parameter.max_length.value_or(4096)) {
    return Wrong(where, "is too short or too long" + why);
  }
  if (parameter.type != "Number") return {};
  double number = 0;
  const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (failed != std::errc() || end != value.data() + value.size()) {
    return Wrong(where, "must be a number");
  }
  if (number < parameter.min_value.value_or(number) ||
      number > parameter.max_value.value_or(number)) {
    return Wrong(where, "is outside MinValue and MaxValue" + why);
  }
  return {};
}

}  // namespace

std::optional<Function> FunctionOf(const json::value& value) {
  const auto* object = value.if_object();
  if (object == nullptr || object->size() != 1) return std::nullopt;
  const auto& [key, argument] = *object->begin();
  if (key != "Ref" && key != "Condition" && !key.starts_with("Fn::")) return std::nullopt;
  return Function{key, &argument};
}

std::vector<std::string> NamesIn(std::string_view text) {
  std::vector<std::string> names;
  for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${", at)) {
    const auto end = text.find('}', at);
    if (end == std::string_view::npos) break;
    const auto name = text.substr(at + 2, end - at - 2);
    if (!name.starts_with('!')) names.emplace_back(name);
    at = end;
  }
  return names;
}

Result<Template> ReadTemplate(std::string_view text) {
  SCV_ASSIGN(const auto parsed, ParseText(text));
  if (!parsed.is_object()) return Wrong("the template", "must be a map");
  const auto& root = parsed.get_object();
  SCV_TRY(OnlyKeys(root,
                   {"AWSTemplateFormatVersion", "Description", "Metadata", "Parameters",
                    "Conditions", "Resources", "Outputs"},
                   "the template"));
  Template made;
  SCV_TRY(ReadSections(root, made));
  SCV_TRY(CheckReferences(made));
  return made;
}

Result<std::map<std::string, std::string>> ParameterValues(
    const Template& source, const std::map<std::string, std::string>& given) {
  for (const auto& [name, value] : given) {
    if (!source.parameters.contains(name)) {
      return Wrong("the parameter " + name.substr(0, 80), "is none of the template's");
    }
  }
  std::map<std::string, std::string> values;
  for (const auto& [name, parameter] : source.parameters) {
    const auto found = given.find(name);
    if (found == given.end() && !parameter.fallback) {
      return Wrong("the parameter " + name, "has no value and no Default");
    }
    values[name] = found == given.end() ? *parameter.fallback : found->second;
    SCV_TRY(CheckValue(name, parameter, values[name]));
  }
  return values;
}

}  // namespace scv::provider::cloudformation
