// Room for the state directory: looked at before a lab starts, and named when something failed for
// want of it.
#ifndef SCV_CLI_DISK_ROOM_H_
#define SCV_CLI_DISK_ROOM_H_

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/result.h"
#include "cli/lab_files.h"

namespace scv::cli {

// kUnavailable: a lab of so many regions does not fit where the state directory is or would be.
Result<void> CheckRoom(const LabFiles& files, std::size_t regions);

// Whether the state's file system has been full for so long, at each of several looks, that waiting
// is useless: a Terraform that waits for a database on a full disk would wait for its whole
// timeout.
class FullDiskWatch {
 public:
  explicit FullDiskWatch(std::filesystem::path state) : state_(std::move(state)) {}
  bool IsHopeless();

 private:
  std::filesystem::path state_;
  std::optional<std::chrono::steady_clock::time_point> full_since_;
};

// The same error, with what is full and how to go on where the state's file system is.
Error WithShortage(Error error, const LabFiles& files);

}  // namespace scv::cli

#endif  // SCV_CLI_DISK_ROOM_H_
