// The steps from a fork of scv-launch to the program.
#ifndef SCV_WORLD_LINUX_LAUNCHER_CHILD_H_
#define SCV_WORLD_LINUX_LAUNCHER_CHILD_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "world/linux/fd_store.h"
#include "world/linux/launcher_spec.h"

namespace scv::world {

// arguments[0] as a path: looked up in the environment's PATH (or the usual one) unless it has a
// slash. kNotFound names the program.
Result<std::string> FindProgram(const LaunchSpec& spec);

// Turns the calling process into what `spec` says, up to the exec: groups, session, output,
// namespaces, root, limits, capabilities, descriptors. `program` and `keep` stay open until the
// exec.
Result<void> Become(const LaunchSpec& spec, std::vector<UniqueFd> descriptors,
                    std::vector<int*> keep);

// Executes the program; returns only if that fails.
Error Execute(const LaunchSpec& spec, const std::string& path, int program);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_LAUNCHER_CHILD_H_
