// Room for the state directory: looked at before a lab starts, and named when something failed for
// want of it.
#ifndef SCV_CLI_DISK_ROOM_H_
#define SCV_CLI_DISK_ROOM_H_

#include <cstddef>

#include "base/result.h"
#include "cli/lab_files.h"

namespace scv::cli {

// kUnavailable: a lab of so many regions does not fit where the state directory is or would be.
Result<void> CheckRoom(const LabFiles& files, std::size_t regions);

// The same error, with what is full and how to go on where the state's file system is.
Error WithShortage(Error error, const LabFiles& files);

}  // namespace scv::cli

#endif  // SCV_CLI_DISK_ROOM_H_
