// The host's ports that the lab listens on, opened before it leaves the host's network.
#ifndef SCV_WORLD_LINUX_LAB_INIT_LISTENERS_H_
#define SCV_WORLD_LINUX_LAB_INIT_LISTENERS_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "world/linux/fd_store.h"
#include "world/linux/lab_init_options.h"

namespace scv::world {

struct HostListener {
  std::string name;
  int port = 0;  // as the kernel has it
  UniqueFd fd;
};

// kConflict: a port is taken; the message says by whom, as far as this user may know.
Result<std::vector<HostListener>> OpenHostListeners(const std::vector<ListenerOption>& wanted);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_LAB_INIT_LISTENERS_H_
