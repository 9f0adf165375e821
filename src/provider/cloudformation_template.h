// A CloudFormation template, checked as a whole before any of it is carried out: everything that
// it refers to is there, nothing refers to itself, and what the lab would only record is marked.
#ifndef SCV_PROVIDER_CLOUDFORMATION_TEMPLATE_H_
#define SCV_PROVIDER_CLOUDFORMATION_TEMPLATE_H_

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "provider/cloudformation_parameters.h"
#include "provider/cloudformation_rules.h"

namespace scv::provider::cloudformation {

struct Resource {
  std::string name;       // its logical id
  std::string type;       // "AWS::Route53::RecordSet"
  bool recorded = false;  // the lab only keeps it (cloudformation_recorded.h)
  boost::json::object properties;
  std::string condition;        // "": always
  std::set<std::string> needs;  // logical ids of others
};

struct Output {
  boost::json::value value;
  std::string condition;
};

struct Template {
  Parameters parameters;
  boost::json::object conditions;
  boost::json::object mappings;
  std::vector<TemplateRule> rules;
  std::vector<Resource> resources;  // each after those that it needs
  std::map<std::string, Output> outputs;
};

// kInvalid: what is wrong, where, and what the lab supports.
Result<Template> ReadTemplate(std::string_view text);

// {"Ref": …} and the like: the function's name and its argument; nullptr: `value` is no function.
struct Function {
  std::string_view name;  // "Ref", "Fn::Sub", "Condition"
  const boost::json::value* argument = nullptr;
};
std::optional<Function> FunctionOf(const boost::json::value& value);

// What Fn::GetAtt's argument names, ["Up", "Arn"] or "Up.Arn": a resource and its attribute.
std::optional<std::pair<std::string, std::string>> AttributeOf(const boost::json::value& argument);

// The names between ${ and } of a Fn::Sub's text; "!Literal" is none.
std::vector<std::string> NamesIn(std::string_view text);

}  // namespace scv::provider::cloudformation

#endif  // SCV_PROVIDER_CLOUDFORMATION_TEMPLATE_H_
