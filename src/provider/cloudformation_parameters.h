// A template's parameters: what they may be, and what they are.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
#ifndef SCV_PROVIDER_CLOUDFORMATION_PARAMETERS_H_
#define SCV_PROVIDER_CLOUDFORMATION_PARAMETERS_H_

#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace scv::provider::cloudformation {

// What stands for the value of a parameter with NoEcho wherever it would be seen.
inline constexpr std::string_view kNotShown = "****";

struct Parameter {
  std::string type;                     // as written: "String", "CommaDelimitedList"
  bool number = false, list = false;    // of its value, or of each item of the list
  bool hidden = false;                  // NoEcho
  std::optional<std::string> fallback;  // Default
  std::vector<std::string> allowed;     // empty: any
  std::string pattern;                  // "": any
  std::optional<long> min_length, max_length;
  std::optional<double> min_value, max_value;
  std::string constraint;  // ConstraintDescription, for people
};
using Parameters = std::map<std::string, Parameter>;

// kInvalid: what is wrong, where.
Result<Parameter> ReadParameter(const std::string& name, const boost::json::value& value);

// The parameters' values, defaults included. kInvalid: one is missing, unknown or not allowed; no
// value is named in the message, because it may be a secret. A pattern that RE2 does not know (one
// that looks ahead or refers back) is not checked.
Result<std::map<std::string, std::string>> ParameterValues(
    const Parameters& parameters, const std::map<std::string, std::string>& given);

// What Ref gives: a text, or a list of them.
boost::json::value ReferredTo(const Parameter& parameter, const std::string& value);

}  // namespace scv::provider::cloudformation

#endif  // SCV_PROVIDER_CLOUDFORMATION_PARAMETERS_H_
