#include "provider/cloudformation_template.h"

#include <algorithm>

#include "provider/cloudformation_names.h"
#include "provider/cloudformation_reading.h"
#include "provider/cloudformation_recorded.h"
#include "provider/cloudformation_references.h"
#include "provider/cloudformation_yaml.h"

namespace scv::provider::cloudformation {
namespace {

namespace json = boost::json;

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
constexpr std::size_t kEntriesMax = 200;
constexpr std::size_t kResourcesMax = 500;

// What is carried out is deleted with its stack, and replaced when its type demands it.
Result<void> CheckPolicies(const json::object& object, const std::string& where) {
  for (const auto* name : {"DeletionPolicy", "UpdateReplacePolicy"}) {
    SCV_ASSIGN(const auto policy, TextAt(object, name, where));
    if (policy.empty() || policy == "Delete") continue;
    return Wrong(where, std::string(name) +
                            " must be Delete, or be left out: the lab carries this type out, and "
                            "keeps nothing of it that its stack lets go");
  }
  return {};
}

Result<void> ReadKind(const json::object& object, const std::string& where, Resource& resource) {
  SCV_ASSIGN(resource.type, TextAt(object, "Type", where));
  resource.recorded = IsRecordedType(resource.type);
  if (resource.recorded) {
    return OnlyKeys(object,
                    {"Type", "Properties", "Condition", "DependsOn", "Metadata", "DeletionPolicy",
                     "UpdateReplacePolicy", "CreationPolicy", "UpdatePolicy"},
                    where);
  }
  SCV_TRY(CheckSupported(resource.type, where));
  SCV_TRY(OnlyKeys(object,
                   {"Type", "Properties", "Condition", "DependsOn", "Metadata", "DeletionPolicy",
                    "UpdateReplacePolicy"},
                   where));
  return CheckPolicies(object, where);
}

Result<Resource> ReadResource(const std::string& name, const json::value& value) {
  const auto where = "Resources." + name;
  SCV_TRY(CheckName(name, where));
  if (!value.is_object()) return Wrong(where, "must be a map");
  const auto& object = value.get_object();
  Resource resource;
  resource.name = name;
  SCV_TRY(ReadKind(object, where, resource));
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

// What the lab carries out stands in its state as it is.
Result<void> CheckShown(const Template& made, const std::set<std::string>& parameters,
                        const std::string& where) {
  for (const auto& name : parameters) {
    if (!made.parameters.at(name).hidden) continue;
    return Wrong(where, "refers to the parameter " + name +
                            ", whose value NoEcho hides, but would stand in the lab's state. Take "
                            "NoEcho away, or the reference");
  }
  return {};
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
    if (!resource.recorded) SCV_TRY(CheckShown(made, references.parameters, where));
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

// {"Korea": {"ap-northeast-2": {"Zones": […]}}}: two levels of maps, then texts or lists of them.
Result<void> CheckMapping(const std::string& name, const json::value& value) {
  const auto where = "Mappings." + name;
  SCV_TRY(CheckName(name, "Mappings"));
  const auto wrong = [&] { return Wrong(where, "must be a map of maps of texts or lists"); };
  if (!value.is_object()) return wrong();
  for (const auto& [top, inner] : value.get_object()) {
    if (!inner.is_object()) return wrong();
    for (const auto& [second, leaf] : inner.get_object()) {
      const auto* list = leaf.if_array();
      const bool texts = list != nullptr && std::ranges::all_of(*list, [](const auto& one) {
                           return one.is_string();
                         });
      if (!leaf.is_string() && !texts) return wrong();
    }
  }
  return {};
}

Result<void> ReadOutputs(const json::object& outputs, Template& made) {
  for (const auto& [name, value] : outputs) {
    const auto where = "Outputs." + std::string(name);
    SCV_TRY(CheckName(name, where));
    if (!value.is_object() || !value.get_object().contains("Value")) {
      return Wrong(where, "must be a map with a Value");
    }
    SCV_TRY(OnlyKeys(value.get_object(), {"Value", "Description", "Condition", "Export"}, where));
    auto& output = made.outputs[name];
    output.value = value.get_object().at("Value");
    SCV_ASSIGN(output.condition, TextAt(value.get_object(), "Condition", where));
  }
  return {};
}

Result<const json::object*> SectionAt(const json::object& root, std::string_view name,
                                      std::size_t most) {
  SCV_ASSIGN(const auto* section, ObjectAt(root, name, "the template"));
  if (section->size() <= most) return section;
  return Wrong("the template", "has more than " + std::to_string(most) + " " + std::string(name));
}

Result<void> ReadSections(const json::object& root, Template& made) {
  SCV_ASSIGN(const auto* parameters, SectionAt(root, "Parameters", kEntriesMax));
  SCV_ASSIGN(const auto* rules, SectionAt(root, "Rules", kEntriesMax));
  SCV_ASSIGN(const auto* mappings, SectionAt(root, "Mappings", kEntriesMax));
  SCV_ASSIGN(const auto* conditions, SectionAt(root, "Conditions", kEntriesMax));
  SCV_ASSIGN(const auto* resources, SectionAt(root, "Resources", kResourcesMax));
  SCV_ASSIGN(const auto* outputs, SectionAt(root, "Outputs", kEntriesMax));
  if (resources->empty()) return Wrong("the template", "has no Resources");
  for (const auto& [name, value] : *parameters) {
    SCV_ASSIGN(made.parameters[name], ReadParameter(name, value));
  }
  SCV_ASSIGN(made.rules, ReadRules(*rules));
  for (const auto& [name, value] : *mappings) SCV_TRY(CheckMapping(name, value));
  made.mappings = *mappings;
  for (const auto& [name, value] : *conditions) SCV_TRY(CheckName(name, "Conditions"));
  made.conditions = *conditions;
  for (const auto& [name, value] : *resources) {
    SCV_ASSIGN(auto resource, ReadResource(name, value));
    made.resources.push_back(std::move(resource));
  }
  return ReadOutputs(*outputs, made);
}

// Nobody knows what a macro would make of it; of routing, the lab must know.
Result<void> CheckTransform(const json::object& root, const Template& made) {
  if (!root.contains("Transform")) return {};
  for (const auto& resource : made.resources) {
    if (resource.recorded) continue;
    return Wrong("Transform",
                 "the lab carries no macro out, and " + resource.name + " is " + resource.type +
                     ", which it does carry out. Give the records and health checks a template of "
                     "their own, without Transform");
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

std::optional<std::pair<std::string, std::string>> AttributeOf(const json::value& argument) {
  if (const auto* text = argument.if_string()) {
    const std::string whole(*text);
    const auto dot = whole.find('.');
    if (dot == std::string::npos) return std::nullopt;
    return std::pair{whole.substr(0, dot), whole.substr(dot + 1)};
  }
  const auto* parts = argument.if_array();
  if (parts == nullptr || parts->size() != 2) return std::nullopt;
  if (!parts->at(0).is_string() || !parts->at(1).is_string()) return std::nullopt;
  return std::pair{std::string(parts->at(0).get_string()), std::string(parts->at(1).get_string())};
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
                   {"AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules",
                    "Mappings", "Conditions", "Transform", "Resources", "Outputs"},
                   "the template"));
  Template made;
  SCV_TRY(ReadSections(root, made));
  SCV_TRY(CheckTransform(root, made));
  SCV_TRY(CheckReferences(made));
  return made;
}

}  // namespace scv::provider::cloudformation
