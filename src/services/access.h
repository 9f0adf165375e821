// What callers may do by the policies of the desired state.
#ifndef SCV_SERVICES_ACCESS_H_
#define SCV_SERVICES_ACCESS_H_

#include <string>
#include <string_view>
#include <vector>

#include "aws/resource.h"
#include "services/credentials.h"
#include "services/http_message.h"
#include "services/iam_policy.h"

namespace scv::services {

// "arn:aws:iam::123456789012:role/x" of the role; the owner is the account's root.
std::string ArnOf(const Caller& caller, const aws::DesiredState& state);
// As GetCallerIdentity names it: "arn:aws:sts::123456789012:assumed-role/x/i-0123".
std::string SessionArnOf(const Caller& caller);
// "AROA…:i-0123"; the account's number for the owner.
std::string UserIdOf(const Caller& caller, const aws::DesiredState& state);

// The keys that every request has: aws:SecureTransport, aws:SourceIp, aws:PrincipalArn, …
IamRequest RequestOf(const Caller& caller, const HttpHead& head, const aws::DesiredState& state,
                     std::string action, std::string resource, Millis now);

// By the caller's identity policies and the resource's. The owner may do everything that no
// resource policy denies; an anonymous caller what a resource policy allows.
bool IsAllowed(const Caller& caller, const IamRequest& request, const aws::DesiredState& state,
               const std::vector<std::string>& resource_policies);

// A bucket's policies (aws_s3_bucket_policy and the bucket's own attribute).
std::vector<std::string> PoliciesOfBucket(const aws::DesiredState& state, std::string_view bucket);
// Whether the world may be let in at all: only where an aws_s3_bucket_public_access_block opens
// the bucket, as on AWS since 2023.
bool MayBePublic(const aws::DesiredState& state, std::string_view bucket);

}  // namespace scv::services

#endif  // SCV_SERVICES_ACCESS_H_
