// Typed views of IAM's, Secrets Manager's and S3's resources. See views_network.h for what a view
// is.
#ifndef SCV_AWS_VIEWS_IDENTITY_H_
#define SCV_AWS_VIEWS_IDENTITY_H_

#include <string>
#include <string_view>
#include <vector>

#include "aws/views_network.h"

namespace scv::aws {

struct Role : View {
  std::string name, arn, assume_role_policy;
};
Role ReadRole(const Resource& resource);

struct InstanceProfile : View {
  std::string name, arn, role;  // the role's name; "": none
};
InstanceProfile ReadInstanceProfile(const Resource& resource);
// By name or ARN, wherever it was made (IAM is global). nullptr: there is none.
const Resource* FindInstanceProfile(const DesiredState& state, std::string_view name_or_arn);

// The policy documents (JSON) that a role has: inline ones (inline_policy blocks,
// aws_iam_role_policy) and attached ones (aws_iam_role_policy_attachment,
// aws_iam_policy_attachment, managed_policy_arns) as far as their aws_iam_policy is in the state.
// Resources being deleted do not count. Ordered and each once.
std::vector<std::string> PoliciesOfRole(const DesiredState& state, std::string_view role_name);

struct Secret : View {
  std::string arn, name;
  int recovery_window_days = 30;
};
Secret ReadSecret(const Resource& resource);

struct Bucket : View {
  std::string name;
  bool force_destroy = false;
};
Bucket ReadBucket(const Resource& resource);

// aws_s3_bucket_versioning.
struct BucketVersioning : View {
  std::string bucket;
  bool enabled = false;
};
BucketVersioning ReadBucketVersioning(const Resource& resource);

}  // namespace scv::aws

#endif  // SCV_AWS_VIEWS_IDENTITY_H_
