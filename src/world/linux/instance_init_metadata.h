// The instance metadata service, as far as booting needs it: IMDSv2 (docs.aws.amazon.com, "Use the
// Instance Metadata Service to access instance metadata").
#ifndef SCV_WORLD_LINUX_INSTANCE_INIT_METADATA_H_
#define SCV_WORLD_LINUX_INSTANCE_INIT_METADATA_H_

#include <chrono>
#include <optional>
#include <string>

#include "base/result.h"

namespace scv::world {

// This instance's user data; nullopt: it has none. Tries again until `within` has passed while the
// service does not answer or answers with an error of its own. kDenied: the service refused.
// kConflict: `interrupt`, a descriptor, became readable meanwhile.
Result<std::optional<std::string>> FetchUserData(std::chrono::milliseconds within, int interrupt);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_INSTANCE_INIT_METADATA_H_
