// Amazon Resource Names: arn:partition:service:region:account:resource
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
#ifndef SCV_AWS_ARN_H_
#define SCV_AWS_ARN_H_

#include <optional>
#include <string>
#include <string_view>

namespace scv::aws {

struct Arn {
  std::string partition = "aws";
  std::string service;
  std::string region;    // "" for IAM, S3, …
  std::string account;   // "" for S3, …
  std::string resource;  // "db:memo", "loadbalancer/app/front/50dc6c495c0c9188"
  bool operator==(const Arn&) const = default;
};

// nullopt: not an ARN.
std::optional<Arn> ParseArn(std::string_view text);
std::string ToString(const Arn& arn);

// What a resource's ARN ends in after the last ":" or "/"; the text itself when there is neither.
std::string_view LastPart(std::string_view arn);

}  // namespace scv::aws

#endif  // SCV_AWS_ARN_H_
