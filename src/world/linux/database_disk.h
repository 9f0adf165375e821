// A volume of its own for a database's data, small enough to run full: for drills. The data is
// moved to a tmpfs of limited size that is mounted over its directory, and back; a ballast file
// takes the space that is left. What the server then meets is the kernel's own ENOSPC, at the same
// calls as on any volume that is full. Works in the lab's user namespace as well: what is mounted
// lives in the lab's mount namespace, and goes with it. A machine that stops in the middle of such
// a drill loses what was written since it began, on this node.
#ifndef SCV_WORLD_LINUX_DATABASE_DISK_H_
#define SCV_WORLD_LINUX_DATABASE_DISK_H_

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace scv::world {

// The server must not run, except for Fill and Drain. All can be repeated after a kill.
class DatabaseDisk {
 public:
  // `home` is the database's directory: its data is in home/data.
  explicit DatabaseDisk(std::filesystem::path home);

  // The data on a volume with `spare` bytes more than it takes. kDenied: mounts are not allowed
  // here.
  Result<void> Limit(std::uint64_t spare);
  // The data back where it was.
  Result<void> Unlimit();
  // No data any more, and no volume.
  Result<void> Discard();
  // What a kill left half done.
  Result<void> Recover();
  bool IsLimited() const;
  // Limited, and without the room that a server needs to start.
  bool IsFull() const;

  // Takes all the space that is left on a limited volume, and gives it back.
  Result<void> Fill();
  Result<void> Drain();

 private:
  std::filesystem::path data_, staged_, restored_, ballast_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_DATABASE_DISK_H_
