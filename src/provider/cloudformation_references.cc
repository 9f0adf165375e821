#include "provider/cloudformation_references.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "provider/cloudformation_names.h"

namespace scv::provider::cloudformation {
namespace {

namespace json = boost::json;

constexpr std::size_t kAttributeMax = 255;
constexpr auto kPseudo = std::to_array<std::string_view>(
    {"AWS::AccountId", "AWS::NoValue", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region",
     "AWS::StackId", "AWS::StackName", "AWS::URLSuffix"});
constexpr auto kFunctions = std::to_array<std::string_view>(
    {"Fn::And", "Fn::Base64", "Fn::Cidr", "Fn::Equals", "Fn::FindInMap", "Fn::GetAZs", "Fn::GetAtt",
     "Fn::If", "Fn::Join", "Fn::Not", "Fn::Or", "Fn::Select", "Fn::Split", "Fn::Sub"});

std::string NotSupported(std::string_view name) {
  std::string why = "the lab does not support " + std::string(name.substr(0, 80));
  if (name == "Fn::ImportValue") {
    return why +
           ", because it keeps no exports: pass the value as a parameter, such as another "
           "stack's outputs[\"Name\"]";
  }
  if (name == "Fn::Transform") return why + ": it carries no macro out. Write what it would make";
  why += "; only Ref, Condition";
  for (const auto known : kFunctions) why += ", " + std::string(known);
  return why;
}

}  // namespace

std::unexpected<Error> References::Wrong(const std::string& why) const {
  return Fail(ErrorKind::kInvalid, where_ + ": " + why);
}

// `in_condition`: resources cannot be referred to.
Result<void> References::Collect(const json::value& value, bool in_condition) {
  if (const auto function = FunctionOf(value)) return Call(*function, in_condition);
  if (const auto* object = value.if_object()) {
    for (const auto& [key, inner] : *object) {
      if (key.starts_with("Fn::")) {
        return Wrong(std::string(key) + " must stand alone in its map");
      }
      SCV_TRY(Collect(inner, in_condition));
    }
  }
  if (const auto* array = value.if_array()) {
    for (const auto& inner : *array) SCV_TRY(Collect(inner, in_condition));
  }
  return {};
}

Result<void> References::Call(const Function& function, bool in_condition) {
  const auto& argument = *function.argument;
  if (function.name == "Ref") {
    if (!argument.is_string()) return Wrong("Ref wants a name");
    return Named(std::string(argument.get_string()), in_condition);
  }
  if (function.name == "Condition") {
    if (!argument.is_string()) return Wrong("Condition wants a name");
    return ConditionNamed(std::string(argument.get_string()));
  }
  if (std::ranges::find(kFunctions, function.name) == kFunctions.end()) {
    return Wrong(NotSupported(function.name));
  }
  if (function.name == "Fn::GetAtt") return Attribute(argument, in_condition);
  if (function.name == "Fn::Sub") return Substituted(argument, in_condition);
  if (function.name == "Fn::FindInMap") return Mapped(argument, in_condition);
  if (function.name == "Fn::If") {
    const auto* parts = argument.if_array();
    if (parts == nullptr || parts->size() != 3 || !parts->front().is_string()) {
      return Wrong("Fn::If wants a condition's name and two values");
    }
    SCV_TRY(ConditionNamed(std::string(parts->front().get_string())));
  }
  return Collect(argument, in_condition);
}

Result<void> References::Named(const std::string& name, bool in_condition) {
  if (known_.parameters.contains(name)) {
    parameters.insert(name);
    return {};
  }
  if (std::ranges::find(kPseudo, name) != kPseudo.end()) return {};
  if (FindResource(name) == nullptr) {
    return Wrong("there is no parameter and no resource " + name.substr(0, 80));
  }
  if (in_condition) return Wrong("a condition cannot refer to the resource " + name);
  resources.insert(name);
  return {};
}

Result<void> References::ConditionNamed(const std::string& name) {
  if (!known_.conditions.contains(name)) {
    return Wrong("there is no condition " + name.substr(0, 80));
  }
  conditions.insert(name);
  return {};
}

Result<void> References::Attribute(const json::value& argument, bool in_condition) {
  const auto parts = AttributeOf(argument);
  if (!parts) return Wrong("Fn::GetAtt wants a resource's name and an attribute's");
  return AttributeNamed(parts->first, parts->second, in_condition);
}

Result<void> References::AttributeNamed(const std::string& name, const std::string& attribute,
                                        bool in_condition) {
  const auto* resource = FindResource(name);
  if (resource == nullptr) return Wrong("there is no resource " + name.substr(0, 80));
  if (in_condition) return Wrong("a condition cannot refer to the resource " + name);
  const bool has = resource->recorded ? !attribute.empty() && attribute.size() <= kAttributeMax
                                      : HasAttribute(resource->type, attribute);
  if (!has) {
    return Wrong(resource->type + " has no attribute " + attribute.substr(0, 80));
  }
  resources.insert(name);
  return {};
}

Result<void> References::Mapped(const json::value& argument, bool in_condition) {
  const auto* parts = argument.if_array();
  if (parts == nullptr || parts->size() != 3) {
    return Wrong("Fn::FindInMap wants a mapping's name and two keys");
  }
  const auto* name = parts->front().if_string();
  if (name != nullptr && !known_.mappings.contains(*name)) {
    return Wrong("there is no mapping " + std::string(*name).substr(0, 80));
  }
  return Collect(argument, in_condition);
}

Result<void> References::Substituted(const json::value& argument, bool in_condition) {
  const auto* parts = argument.if_array();
  const auto& text = parts == nullptr || parts->empty() ? argument : parts->front();
  const auto* own = parts == nullptr || parts->size() != 2 ? nullptr : parts->at(1).if_object();
  if (!text.is_string() || (parts != nullptr && own == nullptr)) {
    return Wrong("Fn::Sub wants a text, or a text and a map");
  }
  for (const auto& name : NamesIn(text.get_string())) {
    if (own != nullptr && own->contains(name)) continue;
    const auto dot = name.find('.');
    SCV_TRY(dot == std::string::npos
                ? Named(name, in_condition)
                : AttributeNamed(name.substr(0, dot), name.substr(dot + 1), in_condition));
  }
  if (own == nullptr) return {};
  for (const auto& [key, value] : *own) SCV_TRY(Collect(value, in_condition));
  return {};
}

const Resource* References::FindResource(const std::string& name) const {
  const auto found = std::ranges::find(known_.resources, name, &Resource::name);
  return found == known_.resources.end() ? nullptr : &*found;
}

}  // namespace scv::provider::cloudformation
