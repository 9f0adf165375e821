// One daemon per state directory: a second one would write the same state and change the same
// world.
#ifndef SCV_DAEMON_SOLE_DAEMON_H_
#define SCV_DAEMON_SOLE_DAEMON_H_

#include <filesystem>

#include "base/result.h"
#include "world/linux/fd_store.h"

namespace scv::daemon {

// Holds `state`/scvd.lock as long as the descriptor is open; the kernel gives it back when this
// process dies, however it dies. kConflict: another daemon has it.
Result<world::UniqueFd> BecomeSoleDaemon(const std::filesystem::path& state);

}  // namespace scv::daemon

#endif  // SCV_DAEMON_SOLE_DAEMON_H_
