// What Terraform's core proposes to a provider: the configuration, completed by prior values.
#ifndef SCV_PROVIDER_PROPOSED_H_
#define SCV_PROVIDER_PROPOSED_H_

#include <string>

#include "provider/value.h"

namespace scv::provider {

// The configuration with the prior values of what is computed and not configured. Blocks of a list
// belong to the prior block at the same place; those of a set to the prior one that has everything
// they say. `type` must be one of the schema's; `prior` is null for a new resource.
Value Proposed(const std::string& type, const Value& prior, const Value& config);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_PROPOSED_H_
