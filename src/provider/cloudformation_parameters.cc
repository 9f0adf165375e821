#include "provider/cloudformation_parameters.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <charconv>
#include <cmath>

#include "provider/cloudformation_reading.h"

namespace scv::provider::cloudformation {
namespace {

namespace json = boost::json;

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
constexpr long kValueMax = 4096;
constexpr std::size_t kPatternMax = 2000;
constexpr std::int64_t kPatternMemory = 1 << 20;

template <typename Number>
bool ReadNumber(const std::string& text, Number& number) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failed == std::errc() && end == text.data() + text.size();
}

template <typename Number>
Result<std::optional<Number>> NumberAt(const json::object& parent, std::string_view name,
                                       const std::string& where) {
  SCV_ASSIGN(const auto text, TextAt(parent, name, where));
  if (text.empty()) return std::optional<Number>();
  Number number{};
  if (!ReadNumber(text, number)) return Wrong(where, std::string(name) + " must be a number");
  return std::optional<Number>(number);
}

// "X" of "Prefix<X>"; "": it is none.
std::string_view Inside(std::string_view type, std::string_view prefix) {
  if (!type.starts_with(prefix) || !type.ends_with('>')) return {};
  return type.substr(prefix.size(), type.size() - prefix.size() - 1);
}

bool IsOfAws(std::string_view type) {
  return type.starts_with("AWS::") && type.size() > 5 &&
         std::ranges::all_of(type, [](unsigned char c) { return std::isalnum(c) || c == ':'; });
}

// Sets `number` and `list`; false: no type of CloudFormation's.
bool ReadType(std::string_view type, Parameter& parameter) {
  // The value is the name of a parameter of Systems Manager's, of which the lab has none.
  if (const auto of = Inside(type, "AWS::SSM::Parameter::Value<"); !of.empty()) {
    parameter.list = of == "CommaDelimitedList" || of.starts_with("List<");
    return of == "String" || parameter.list || IsOfAws(of);
  }
  if (const auto of = Inside(type, "List<"); !of.empty()) {
    parameter.list = true;
    parameter.number = of == "Number";
    return of == "Number" || of == "String" || IsOfAws(of);
  }
  parameter.list = type == "CommaDelimitedList";
  parameter.number = type == "Number";
  return type == "String" || parameter.number || parameter.list || IsOfAws(type);
}

Result<void> ReadAllowed(const json::object& object, const std::string& where,
                         Parameter& parameter) {
  SCV_ASSIGN(parameter.pattern, TextAt(object, "AllowedPattern", where));
  if (parameter.pattern.size() > kPatternMax) {
    return Wrong(where, "AllowedPattern has more than 2,000 characters");
  }
  const auto* allowed = object.if_contains("AllowedValues");
  if (allowed == nullptr) return {};
  if (!allowed->is_array()) return Wrong(where, "AllowedValues must be a list");
  for (const auto& one : allowed->get_array()) {
    if (!one.is_string()) return Wrong(where, "AllowedValues must be texts or numbers");
    parameter.allowed.emplace_back(one.get_string());
  }
  return {};
}

bool Fits(const std::string& pattern, const std::string& value) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemory);
  const RE2 compiled(pattern, options);
  return !compiled.ok() || RE2::FullMatch(value, compiled);
}

std::string Written(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return {text.data(), end};
}

// What is wrong with one value; "": nothing.
std::string Problem(const Parameter& parameter, const std::string& value) {
  const auto length = static_cast<long>(value.size());
  if (!parameter.allowed.empty() && std::ranges::count(parameter.allowed, value) == 0) {
    return "must be one of AllowedValues";
  }
  if (!parameter.pattern.empty() && !Fits(parameter.pattern, value)) {
    return "must match pattern " + parameter.pattern;
  }
  if (length < parameter.min_length.value_or(0)) {
    return "must contain at least " + std::to_string(*parameter.min_length) + " characters";
  }
  const long most = std::min(kValueMax, parameter.max_length.value_or(kValueMax));
  if (length > most) return "must contain at most " + std::to_string(most) + " characters";
  if (!parameter.number) return {};
  double found = 0;
  if (!ReadNumber(value, found) || !std::isfinite(found)) return "must be a number";
  if (found < parameter.min_value.value_or(found)) {
    return "must be a number not less than MinValue, " + Written(*parameter.min_value);
  }
  if (found > parameter.max_value.value_or(found)) {
    return "must be a number not greater than MaxValue, " + Written(*parameter.max_value);
  }
  return {};
}

std::vector<std::string> Items(const std::string& value) {
  std::vector<std::string> items;
  for (std::size_t at = 0; at <= value.size() && !value.empty();) {
    const auto comma = std::min(value.find(',', at), value.size());
    auto item = value.substr(at, comma - at);
    item.erase(0, item.find_first_not_of(' '));
    item.erase(item.find_last_not_of(' ') + 1);
    items.push_back(std::move(item));
    at = comma + 1;
  }
  return items;
}

Result<void> CheckValue(const std::string& name, const Parameter& parameter,
                        const std::string& value) {
  const auto where = "the parameter " + name;
  if (static_cast<long>(value.size()) > kValueMax) {
    return Wrong(where, "must contain at most 4096 characters");
  }
  const auto values = parameter.list ? Items(value) : std::vector<std::string>{value};
  for (const auto& one : values) {
    const auto problem = Problem(parameter, one);
    if (problem.empty()) continue;
    return Wrong(where, problem + (parameter.constraint.empty()
                                       ? ""
                                       : " (failed to satisfy constraint: " +
                                             parameter.constraint.substr(0, 400) + ")"));
  }
  return {};
}

}  // namespace

Result<Parameter> ReadParameter(const std::string& name, const json::value& value) {
  const auto where = "Parameters." + name;
  SCV_TRY(CheckName(name, where));
  if (!value.is_object()) return Wrong(where, "must be a map");
  const auto& object = value.get_object();
  SCV_TRY(OnlyKeys(
      object,
      {"Type", "Default", "Description", "AllowedPattern", "AllowedValues", "ConstraintDescription",
       "MinLength", "MaxLength", "MinValue", "MaxValue", "NoEcho"},
      where));
  Parameter parameter;
  SCV_ASSIGN(parameter.type, TextAt(object, "Type", where));
  if (!ReadType(parameter.type, parameter)) {
    return Wrong(where,
                 "Type must be String, Number, CommaDelimitedList, List<Number>, or one of AWS's "
                 "own such as AWS::EC2::VPC::Id or List<AWS::EC2::Subnet::Id>");
  }
  if (object.contains("Default")) {
    SCV_ASSIGN(parameter.fallback, TextAt(object, "Default", where));
  }
  SCV_ASSIGN(const auto hidden, TextAt(object, "NoEcho", where));
  parameter.hidden = hidden == "true";
  SCV_TRY(ReadAllowed(object, where, parameter));
  SCV_ASSIGN(parameter.constraint, TextAt(object, "ConstraintDescription", where));
  SCV_ASSIGN(parameter.min_length, NumberAt<long>(object, "MinLength", where));
  SCV_ASSIGN(parameter.max_length, NumberAt<long>(object, "MaxLength", where));
  SCV_ASSIGN(parameter.min_value, NumberAt<double>(object, "MinValue", where));
  SCV_ASSIGN(parameter.max_value, NumberAt<double>(object, "MaxValue", where));
  return parameter;
}

Result<std::map<std::string, std::string>> ParameterValues(
    const Parameters& parameters, const std::map<std::string, std::string>& given) {
  for (const auto& [name, value] : given) {
    if (!parameters.contains(name)) {
      return Wrong("the parameter " + name.substr(0, 80), "does not exist in the template");
    }
  }
  std::map<std::string, std::string> values;
  for (const auto& [name, parameter] : parameters) {
    const auto found = given.find(name);
    if (found == given.end() && !parameter.fallback) {
      return Wrong("the parameter " + name, "must have a value, because it has no Default");
    }
    values[name] = found == given.end() ? *parameter.fallback : found->second;
    SCV_TRY(CheckValue(name, parameter, values[name]));
  }
  return values;
}

json::value ReferredTo(const Parameter& parameter, const std::string& value) {
  if (!parameter.list) return json::value(value);
  json::array list;
  for (const auto& item : Items(value)) list.emplace_back(item);
  return list;
}

}  // namespace scv::provider::cloudformation
