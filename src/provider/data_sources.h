// Data sources: what Terraform asks without managing it.
#ifndef SCV_PROVIDER_DATA_SOURCES_H_
#define SCV_PROVIDER_DATA_SOURCES_H_

#include <string>
#include <string_view>

#include "aws/resource.h"
#include "base/result.h"
#include "provider/provider.h"
#include "provider/value.h"

namespace scv::provider {

struct DataQuery {
  const Services& services;
  std::string region;
  const Value& config;
};

// The attributes of the data source `type` that the query's answer sets; the others stay as the
// configuration has them. kNotFound: nothing matches; kInvalid: the question is wrong.
Result<Value> ReadDataSource(std::string_view type, const DataQuery& query);

// aws_iam_policy_document: its JSON has two spaces of indentation, and one value where a list has
// only one. The grammar:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
Result<Value> ReadPolicyDocument(const Value& config);

// CloudFront's managed policies, by name or id.
Result<Value> ReadManagedPolicy(std::string_view type, const Value& config);

// An ephemeral resource's result, in the same way.
Result<Value> OpenEphemeralResource(std::string_view type, const DataQuery& query);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_DATA_SOURCES_H_
