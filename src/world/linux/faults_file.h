// The faults that hold, in a file: a daemon that starts again knows what its predecessor did.
#ifndef SCV_WORLD_LINUX_FAULTS_FILE_H_
#define SCV_WORLD_LINUX_FAULTS_FILE_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/faults.h"

namespace scv::world {

struct FaultsRecord {
  std::uint64_t next = 1;  // the number in the next fault's id
  std::vector<lab::Fault> faults;
  std::map<std::string, std::string> processes;  // a fault's id → the process of its part
};

// An empty record if there is no file. kInvalid: it is not such a file.
Result<FaultsRecord> ReadFaults(const std::filesystem::path& file);
// In one step: whoever reads sees the record before or this one.
Result<void> WriteFaults(const std::filesystem::path& file, const FaultsRecord& record);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_FAULTS_FILE_H_
