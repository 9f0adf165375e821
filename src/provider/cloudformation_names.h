// The CloudFormation types that the lab can do, Route 53's, as the Terraform types that they are.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Route53.html
#ifndef SCV_PROVIDER_CLOUDFORMATION_NAMES_H_
#define SCV_PROVIDER_CLOUDFORMATION_NAMES_H_

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "provider/value.h"

namespace scv::provider::cloudformation {

// kInvalid for another type, naming those that are supported.
Result<void> CheckSupported(const std::string& type, const std::string& where);

// Whether Fn::GetAtt finds it.
bool HasAttribute(std::string_view type, std::string_view attribute);

// What one resource of a template stands for: a group of records for several.
struct Piece {
  std::string name;  // "": the resource itself; "www.a.b A KR": of a group
  std::string type;  // Terraform's
  Value config;      // fits the type's schema
};

// `properties` are evaluated: no function is left in them. kInvalid: a property is unknown, missing
// or of the wrong kind.
Result<std::vector<Piece>> PiecesOf(const std::string& type, const std::string& where,
                                    const boost::json::object& properties);

}  // namespace scv::provider::cloudformation

#endif  // SCV_PROVIDER_CLOUDFORMATION_NAMES_H_
