// An instance's root file system: this machine's files below, what the instance writes above, on a
// tmpfs that only the instance's mount namespace has. So nothing of it is left once the last
// process of the instance is gone, whoever ended it.
#ifndef SCV_WORLD_LINUX_OVERLAY_H_
#define SCV_WORLD_LINUX_OVERLAY_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace scv::world {

struct InstanceRoot {
  std::string scratch;   // an empty directory of this machine to mount at; all instances share it
  std::string skeleton;  // see PrepareSkeleton; "": not needed
  std::vector<std::string> hidden;  // absolute paths of this machine that do not exist inside
  std::string hostname;
  std::string resolver;                            // "": this machine's resolv.conf stays
  std::string trusted_roots;                       // a PEM file added to the CA bundle; "": none
  std::int64_t bytes_max = std::int64_t{1} << 30;  // of what the instance writes
};

// Called by the first process of new PID, mount, UTS and IPC namespaces: builds the root and
// becomes its inhabitant. Besides `hidden`, the homes, private keys and password hashes of this
// machine are not there either; services are not started by packages (policy-rc.d says 101).
// /proc/sys and /sys are read-only.
Result<void> EnterInstanceRoot(const InstanceRoot& root);

// Whether this process's root is only root of a user namespace. There the files of the real root
// belong to nobody, and nothing can be written into its directories: instances then need a
// skeleton.
bool InUserNamespace();

// A layer between this machine's files and the instance's: its directories below /etc, /usr, /var,
// /opt and /srv, and copies of the files that programs change in place, all belonging to the
// caller. Made once; nothing is done when `directory` exists.
Result<void> PrepareSkeleton(const std::filesystem::path& directory);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_OVERLAY_H_
