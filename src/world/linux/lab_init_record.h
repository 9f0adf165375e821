// What the lab tells the host: the lock that makes it the only one in its state directory, and
// lab.json.
#ifndef SCV_WORLD_LINUX_LAB_INIT_RECORD_H_
#define SCV_WORLD_LINUX_LAB_INIT_RECORD_H_

#include <sys/types.h>

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "world/linux/fd_store.h"
#include "world/linux/lab_init_listeners.h"

namespace scv::world {

// Makes the state directory (0700) where it is missing and locks it; the lock lasts as long as the
// descriptor or a copy of it. kConflict names the pid that holds it.
Result<UniqueFd> LockState(const std::filesystem::path& state);

// Who a second lab is told of.
void NameLockHolder(int lock, pid_t pid);

// STATE/lab.json, replaced at once, mode 0600: {"pid": …, "parent": …, "ports": {"door": 8443}}.
// Both pids are as the host sees them: that of the first process of the lab's namespaces, and that
// of its parent outside.
Result<void> WriteLabRecord(const std::filesystem::path& state, pid_t init, pid_t parent,
                            const std::vector<HostListener>& listeners);
void RemoveLabRecord(const std::filesystem::path& state);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_LAB_INIT_RECORD_H_
