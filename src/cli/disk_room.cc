#include "cli/disk_room.h"

#include "base/disk_space.h"

namespace scv::cli {
namespace {

// What a region has on disk when it stands, with as much again to work with.
constexpr std::uint64_t kBytesPerRegion = 128 << 20;
// With less than this left, a failure is put down to it.
constexpr std::uint64_t kRoomWanted = 16 << 20;
// With less than this nothing can be written any more.
constexpr std::uint64_t kBytesToGoOn = 1 << 20;
constexpr std::chrono::seconds kFullForGood{5};

}  // namespace

Result<void> CheckRoom(const LabFiles& files, std::size_t regions) {
  const auto shortage = DiskShortage(files.state, kBytesPerRegion * regions);
  if (shortage.empty()) return {};
  return Fail(ErrorKind::kUnavailable,
              shortage + ", or choose another place for the lab with SCV_STATE or --state");
}

bool FullDiskWatch::IsHopeless() {
  const auto now = std::chrono::steady_clock::now();
  if (DiskShortage(state_, kBytesToGoOn).empty()) {
    full_since_.reset();
    return false;
  }
  if (!full_since_) full_since_ = now;
  return now - *full_since_ >= kFullForGood;
}

Error WithShortage(Error error, const LabFiles& files) {
  const auto shortage = DiskShortage(files.state, kRoomWanted);
  if (!shortage.empty()) {
    error.message += "\n  The cause is likely this: " + shortage +
                     ", then `./scv up` goes on where it stopped. Nothing that was acknowledged "
                     "is lost";
  }
  return error;
}

}  // namespace scv::cli
