// A CloudFormation template, checked as a whole before any of it is carried out: everything that
// it refers to is there, nothing refers to itself, and only what the lab can do is asked for.
#ifndef SCV_PROVIDER_CLOUDFORMATION_TEMPLATE_H_
#define SCV_PROVIDER_CLOUDFORMATION_TEMPLATE_H_

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scv::provider::cloudformation {

struct Parameter {
  std::string type;                     // "String" or "Number"
  std::optional<std::string> fallback;  // Default
  std::vector<std::string> allowed;     // empty: any
  std::optional<long> min_length, max_length;
  std::optional<double> min_value, max_value;
  std::string constraint;  // ConstraintDescription, for people
};

struct Resource {
  std::string name;  // its logical id
  std::string type;  // "AWS::Route53::RecordSet"
  boost::json::object properties;
  std::string condition;        // "": always
  std::set<std::string> needs;  // logical ids of others
};

struct Output {
  boost::json::value value;
  std::string condition;
};

struct Template {
  std::map<std::string, Parameter> parameters;
  boost::json::object conditions;
  std::vector<Resource> resources;  // each after those that it needs
  std::map<std::string, Output> outputs;
};

// kInvalid: what is wrong, where, and what the lab supports.
Result<Template> ReadTemplate(std::string_view text);

// The parameters' values, defaults included. kInvalid: one is missing, unknown or not allowed.
Result<std::map<std::string, std::string>> ParameterValues(
    const Template& source, const std::map<std::string, std::string>& given);

// {"Ref": …} and the like: the function's name and its argument; nullptr: `value` is no function.
struct Function {
  std::string_view name;  // "Ref", "Fn::Sub", "Condition"
  const boost::json::value* argument = nullptr;
};
std::optional<Function> FunctionOf(const boost::json::value& value);

// The names between ${ and } of a Fn::Sub's text; "!Literal" is none.
std::vector<std::string> NamesIn(std::string_view text);

}  // namespace scv::provider::cloudformation

#endif  // SCV_PROVIDER_CLOUDFORMATION_TEMPLATE_H_
