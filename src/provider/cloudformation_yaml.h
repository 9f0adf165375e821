// A CloudFormation template's text as plain data. JSON is read as the YAML that it is.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
#ifndef SCV_PROVIDER_CLOUDFORMATION_YAML_H_
#define SCV_PROVIDER_CLOUDFORMATION_YAML_H_

#include <boost/json/value.hpp>
#include <string_view>

#include "base/result.h"

namespace scv::provider::cloudformation {

// What AWS takes of a template that comes with the call, in bytes.
inline constexpr std::size_t kTextMax = 51'200;

// Objects, arrays and strings: numbers and booleans become their text, as CloudFormation takes
// them, and `!Ref x` becomes {"Ref": "x"}, `!GetAtt a.b` {"Fn::GetAtt": ["a", "b"]}. kInvalid, with
// line and column: no YAML, an alias (CloudFormation has none), an empty value, a key twice, a tag
// that is none of CloudFormation's, or too long, too deep, too many values.
Result<boost::json::value> ParseText(std::string_view text);

}  // namespace scv::provider::cloudformation

#endif  // SCV_PROVIDER_CLOUDFORMATION_YAML_H_
