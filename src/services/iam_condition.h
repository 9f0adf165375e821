// The Condition element of a policy statement. Pure.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
#ifndef SCV_SERVICES_IAM_CONDITION_H_
#define SCV_SERVICES_IAM_CONDITION_H_

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "services/iam_policy.h"

namespace scv::services {

enum class Met { kYes, kNo, kUnknown };

// kUnknown: an operator that is not known here, or values that are none.
Met MeetsConditions(const boost::json::value& conditions, const IamContext& context);

// "${aws:userid}" and the like replaced; nullopt: a variable that the request does not have.
std::optional<std::string> ReplaceVariables(std::string_view text, const IamContext& context);

// A string, or an array of strings (numbers and booleans as text). nullopt: something else.
std::optional<std::vector<std::string>> TextsOf(const boost::json::value& value);

}  // namespace scv::services

#endif  // SCV_SERVICES_IAM_CONDITION_H_
