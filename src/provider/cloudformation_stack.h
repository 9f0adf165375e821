// A stack's resources in the desired state: made, changed and found again.
#ifndef SCV_PROVIDER_CLOUDFORMATION_STACK_H_
#define SCV_PROVIDER_CLOUDFORMATION_STACK_H_

#include <map>
#include <string>
#include <vector>

#include "aws/resource.h"
#include "base/result.h"
#include "provider/cloudformation_template.h"
#include "provider/provider.h"

namespace scv::provider::cloudformation {

// Hidden attributes of a stack's resources.
inline constexpr std::string_view kStack = "_stack";           // the stack's id
inline constexpr std::string_view kLogicalId = "_logical_id";  // "Public", "Public/www A KR"

struct StackChange {
  aws::DesiredState& state;
  const Services& services;
  std::string id, name, region;
  std::string template_body, template_url;  // one of them
  std::map<std::string, std::string> parameters;
  std::map<std::string, std::string> tags;  // of the stack, which its resources get, too
};

struct StackResult {
  std::vector<aws::ResourceKey> resources;  // what belongs to it from now on
  std::map<std::string, std::string> outputs;
};

// Puts what the template says into the state: what is there already and is the stack's own is
// changed in place, or made anew where its type demands it; the old one stays for the caller to
// delete. Of types that the lab does not carry out it keeps what the template says. A template that
// is only named by its URL is recorded as a whole (cloudformation_solutions.h). The state is half
// changed after an error. kInvalid: the template or its parameters are
// wrong; kConflict: something that is not the stack's is in the way.
Result<StackResult> MakeStack(const StackChange& change);

// The types of what the lab would only record of a stack, one for each resource. `parameters` null:
// they are not known yet, and every resource counts, whatever its condition. kInvalid: as
// MakeStack.
struct StackNames {
  std::string id, name, region;
};
Result<std::vector<std::string>> RecordedTypes(
    const Template& source, const StackNames& names,
    const std::map<std::string, std::string>* parameters);

// What the state has of a stack: records before the health checks that they name, and what is only
// recorded at the end.
std::vector<aws::ResourceKey> ResourcesOf(const aws::DesiredState& state,
                                          const std::string& stack_id);

}  // namespace scv::provider::cloudformation

#endif  // SCV_PROVIDER_CLOUDFORMATION_STACK_H_
