// Leaving the host: the namespaces of the lab.
#ifndef SCV_WORLD_LINUX_LAB_INIT_NAMESPACES_H_
#define SCV_WORLD_LINUX_LAB_INIT_NAMESPACES_H_

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace scv::world {

// Whether this process may make namespaces as it is (CAP_SYS_ADMIN).
bool MayMakeNamespaces();

// Enters a user namespace in which the caller is root, unless the caller may make namespaces as it
// is. The process must have one thread. kDenied says how to allow it.
Result<void> BecomeRootOfUserNamespace();

// The next child becomes the first process of a PID namespace.
Result<void> MakePidNamespace();

// In that child: mount, network and IPC namespaces of its own, a fresh /proc, the loopback up, a
// tmpfs at `runtime`. The parent stays on the host, to clean up there.
Result<void> FurnishLab(const std::filesystem::path& runtime, std::uint64_t runtime_bytes_max);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_LAB_INIT_NAMESPACES_H_
