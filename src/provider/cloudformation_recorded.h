// Resources of a stack that the lab does not carry out: it keeps what the template says of them, so
// that they come, change and go with the stack, and gives them the ids that AWS would.
#ifndef SCV_PROVIDER_CLOUDFORMATION_RECORDED_H_
#define SCV_PROVIDER_CLOUDFORMATION_RECORDED_H_

#include <boost/json/object.hpp>
#include <set>
#include <string>
#include <string_view>

#include "aws/resource.h"
#include "base/result.h"

namespace scv::provider::cloudformation {

// "AWS::Service::Resource", "AWS::Service::Resource::Part" or "Custom::Name". Never a type of
// Route 53's: what the lab cannot do of routing must not be passed over, or its drills would lie.
bool IsRecordedType(std::string_view type);

// Whose the resource is, and where.
struct Owner {
  std::string stack_id, stack_name, region;
};

// One resource of a stack as the lab keeps it: under its CloudFormation type, by its physical id.
// `attributes` are id, name, arn and the evaluated properties.
struct Recorded {
  aws::ResourceKey key;
  boost::json::object attributes;

  // What Fn::GetAtt finds: an ARN for "Arn" and what ends so, the name for "RoleName" of a role,
  // else "ID-ATTRIBUTE". The same as long as the resource stands.
  std::string Attribute(std::string_view attribute) const;
};

// The physical id is what Ref gives on AWS: for most types a name, the one in the properties or
// STACK-LOGICALID-xxxxxxxxxxxx, which is the same for the whole life of the stack; an ARN, an id or
// a URL for some. kInvalid: a name is no text of 1 to 255 characters, or there is too much of it.
Result<Recorded> Describe(const Owner& owner, const std::string& logical_id,
                          const std::string& type, boost::json::object properties);

// The CloudFormation type whose recorded resources stand for a Terraform type that is recorded
// only, too: "AWS::WAFv2::WebACL" of "aws_wafv2_web_acl". "": none.
std::string_view RecordedTypeOf(std::string_view terraform_type);

// Puts it into the state, over what the stack has there. kConflict: another's is in the way.
Result<void> Keep(aws::DesiredState& state, const Owner& owner, const std::string& logical_id,
                  const Recorded& recorded);

// "2 resources that the lab only records: AWS::IAM::Role, AWS::SNS::Topic"
std::string SayRecorded(std::size_t count, const std::set<std::string>& types);

}  // namespace scv::provider::cloudformation

#endif  // SCV_PROVIDER_CLOUDFORMATION_RECORDED_H_
