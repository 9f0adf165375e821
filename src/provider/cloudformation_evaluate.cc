#include "provider/cloudformation_evaluate.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace scv::provider::cloudformation {
namespace {

namespace json = boost::json;

// Of all texts that functions make of one template: Fn::Sub and Fn::Join can repeat theirs.
constexpr std::size_t kMadeMax = 4U << 20U;

std::unexpected<Error> Wrong(std::string_view function, const std::string& why) {
  return Fail(ErrorKind::kInvalid, std::string(function) + ": " + why);
}

bool IsNoValue(const json::value& value) {
  const auto function = FunctionOf(value);
  return function && function->name == "Ref" && function->argument->is_string() &&
         function->argument->get_string() == "AWS::NoValue";
}

}  // namespace

Result<void> Evaluator::Spend(std::size_t bytes) {
  spent_ += bytes;
  if (spent_ <= kMadeMax) return {};
  return Fail(ErrorKind::kInvalid, "the template makes more than 4 MiB of text");
}

Result<json::value> Evaluator::Evaluate(const json::value& value) {
  if (IsNoValue(value)) return json::value();
  if (const auto function = FunctionOf(value)) return Call(*function);
  if (const auto* object = value.if_object()) {
    json::object made;
    for (const auto& [key, inner] : *object) {
      SCV_ASSIGN(auto evaluated, Evaluate(inner));
      if (!evaluated.is_null()) made[key] = std::move(evaluated);
    }
    return made;
  }
  if (const auto* array = value.if_array()) {
    json::array made;
    for (const auto& inner : *array) {
      SCV_ASSIGN(auto evaluated, Evaluate(inner));
      if (!evaluated.is_null()) made.push_back(std::move(evaluated));
    }
    return made;
  }
  if (value.is_string()) SCV_TRY(Spend(value.get_string().size()));
  return value;
}

Result<json::value> Evaluator::Call(const Function& function) {
  const auto& argument = *function.argument;
  if (function.name == "Ref") {
    SCV_ASSIGN(const auto text, Named(std::string(argument.get_string())));
    SCV_TRY(Spend(text.size()));
    return json::value(text);
  }
  if (function.name == "Fn::GetAtt") {
    const auto& parts = argument.get_array();
    SCV_ASSIGN(const auto text, Attribute(std::string(parts.at(0).get_string()),
                                          std::string(parts.at(1).get_string())));
    return json::value(text);
  }
  if (function.name == "Fn::Join") return Join(argument);
  if (function.name == "Fn::Sub") return Substitute(argument);
  if (function.name == "Fn::If") return Choose(argument);
  return Wrong(function.name, "stands where a value is wanted; it belongs into Conditions");
}

Result<std::string> Evaluator::Text(const json::value& value, std::string_view function) {
  SCV_ASSIGN(const auto evaluated, Evaluate(value));
  if (evaluated.is_string()) return std::string(evaluated.get_string());
  return Wrong(function, "wants a text");
}

Result<std::string> Evaluator::Named(const std::string& name) {
  if (const auto value = scope_.values.find(name); value != scope_.values.end()) {
    return value->second;
  }
  return Attribute(name, "Ref");
}

Result<std::string> Evaluator::Attribute(const std::string& resource,
                                         const std::string& attribute) {
  const auto found = scope_.resources.find(resource);
  if (found == scope_.resources.end()) {
    return Wrong(resource, "is not made, because its condition does not hold, but referred to");
  }
  const auto value = found->second.find(attribute);
  if (value == found->second.end()) return Wrong(resource, "has no " + attribute);
  return value->second;
}

Result<json::value> Evaluator::Join(const json::value& argument) {
  const auto* parts = argument.if_array();
  if (parts == nullptr || parts->size() != 2 || !parts->at(0).is_string()) {
    return Wrong("Fn::Join", "wants a text and a list");
  }
  SCV_ASSIGN(const auto list, Evaluate(parts->at(1)));
  if (!list.is_array()) return Wrong("Fn::Join", "wants a text and a list");
  const std::string between(parts->at(0).get_string());
  std::string text;
  for (const auto& one : list.get_array()) {
    if (!one.is_string()) return Wrong("Fn::Join", "wants a list of texts");
    SCV_TRY(Spend(between.size() + one.get_string().size()));
    text += (&one == list.get_array().begin() ? "" : between) + std::string(one.get_string());
  }
  return json::value(text);
}

Result<json::value> Evaluator::Substitute(const json::value& argument) {
  const auto* parts = argument.if_array();
  const auto* own = parts == nullptr ? nullptr : &parts->at(1).get_object();
  const std::string_view text =
      parts == nullptr ? argument.get_string() : parts->at(0).get_string();
  std::string made;
  std::size_t from = 0;
  for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${", from)) {
    const auto end = text.find('}', at);
    if (end == std::string_view::npos) return Wrong("Fn::Sub", "a ${ is not closed");
    made += text.substr(from, at - from);
    from = end + 1;
    const std::string name(text.substr(at + 2, end - at - 2));
    std::string value;
    if (name.starts_with('!')) {
      value = "${" + name.substr(1) + "}";
    } else if (own != nullptr && own->contains(name)) {
      SCV_ASSIGN(value, Text(own->at(name), "Fn::Sub"));
    } else if (const auto dot = name.find('.'); dot != std::string::npos) {
      SCV_ASSIGN(value, Attribute(name.substr(0, dot), name.substr(dot + 1)));
    } else {
      SCV_ASSIGN(value, Named(name));
    }
    SCV_TRY(Spend(value.size()));
    made += value;
  }
  made += text.substr(from);
  SCV_TRY(Spend(text.size()));
  return json::value(made);
}

Result<json::value> Evaluator::Choose(const json::value& argument) {
  const auto& parts = argument.get_array();
  SCV_ASSIGN(const bool holds, Holds(std::string(parts.at(0).get_string())));
  return Evaluate(parts.at(holds ? 1 : 2));
}

Result<bool> Evaluator::Holds(const std::string& condition) {
  if (condition.empty()) return true;
  if (const auto known = decided_.find(condition); known != decided_.end()) return known->second;
  SCV_ASSIGN(const bool holds, Decide(source_.conditions.at(condition)));
  decided_[condition] = holds;
  return holds;
}

Result<bool> Evaluator::Equal(const json::value& argument) {
  const auto* sides = argument.if_array();
  if (sides == nullptr || sides->size() != 2) return Wrong("Fn::Equals", "wants two values");
  SCV_ASSIGN(const auto left, Text(sides->at(0), "Fn::Equals"));
  SCV_ASSIGN(const auto right, Text(sides->at(1), "Fn::Equals"));
  return left == right;
}

Result<bool> Evaluator::Decide(const json::value& value) {
  const auto function = FunctionOf(value);
  if (!function) return Wrong("a condition", "wants Fn::And, Fn::Or, Fn::Not or Fn::Equals");
  const auto& argument = *function->argument;
  if (function->name == "Condition") return Holds(std::string(argument.get_string()));
  if (function->name == "Fn::Equals") return Equal(argument);
  const bool all = function->name == "Fn::And";
  const bool one = function->name == "Fn::Not";
  if (!all && !one && function->name != "Fn::Or") {
    return Wrong("a condition", "wants Fn::And, Fn::Or, Fn::Not or Fn::Equals");
  }
  const auto* list = argument.if_array();
  const std::size_t size = list == nullptr ? 0 : list->size();
  if (one ? size != 1 : size < 2 || size > 10) {
    return Wrong(function->name, one ? "wants one condition" : "wants 2 to 10 conditions");
  }
  bool result = all;
  for (const auto& inner : *list) {
    SCV_ASSIGN(const bool holds, Decide(inner));
    if (one) return !holds;
    result = all ? result && holds : result || holds;
  }
  return result;
}

}  // namespace scv::provider::cloudformation
