// A template's Rules: what its parameters must be together.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
#ifndef SCV_PROVIDER_CLOUDFORMATION_RULES_H_
#define SCV_PROVIDER_CLOUDFORMATION_RULES_H_

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace scv::provider::cloudformation {

struct Assertion {
  boost::json::value what;
  std::string description;  // AssertDescription, for people
};

struct TemplateRule {
  std::string name;
  boost::json::value condition;  // null: always
  std::vector<Assertion> assertions;
};

// kInvalid: what is wrong, where. Names and functions are looked at when the rules are checked.
Result<std::vector<TemplateRule>> ReadRules(const boost::json::object& rules);

// `values`: parameters and pseudo parameters, texts or lists of them. kInvalid: a rule fails, with
// its description, or is wrong; no value is named. What looks into the account's resources
// (Fn::RefAll, Fn::ValueOf, Fn::ValueOfAll) is not checked.
Result<void> CheckAssertions(const std::vector<TemplateRule>& rules,
                             const std::map<std::string, boost::json::value>& values);

}  // namespace scv::provider::cloudformation

#endif  // SCV_PROVIDER_CLOUDFORMATION_RULES_H_
