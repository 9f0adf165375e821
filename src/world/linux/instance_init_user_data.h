// User data on an instance's disk, where cloud-init keeps it, and how it is run.
#ifndef SCV_WORLD_LINUX_INSTANCE_INIT_USER_DATA_H_
#define SCV_WORLD_LINUX_INSTANCE_INIT_USER_DATA_H_

#include <sys/types.h>

#include <string_view>

#include "base/result.h"

namespace scv::world {

inline constexpr const char* kInstanceDirectory = "/var/lib/cloud/instance";

// Writes user-data.txt and, for a script, scripts/part-001. False: it is empty. kInvalid: it is
// something that cloud-init would understand and this does not.
Result<bool> StoreUserData(std::string_view user_data);

// Starts the stored script as root with PATH, HOME and LANG alone and its output where ours goes;
// gives its pid.
Result<pid_t> RunUserData();

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_INSTANCE_INIT_USER_DATA_H_
