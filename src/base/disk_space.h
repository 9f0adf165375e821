// How much room a file system has left, and what to tell people when it has not enough.
#ifndef SCV_BASE_DISK_SPACE_H_
#define SCV_BASE_DISK_SPACE_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace scv {

struct DiskSpace {
  std::filesystem::path mount;   // where the file system is mounted
  std::uint64_t free_bytes = 0;  // for this user
  std::uint64_t total_bytes = 0;
  std::uint64_t free_files = 0;  // inodes; the largest number where the file system has no limit
};

// Of the file system that holds `path`, which need not exist yet. nullopt: it cannot be looked at.
std::optional<DiskSpace> DiskSpaceAt(const std::filesystem::path& path);

// "" where `bytes_wanted` more fit beside `path`. Otherwise one sentence for people: which file
// system is full, how much it has left, and what helps.
std::string DiskShortage(const std::filesystem::path& path, std::uint64_t bytes_wanted);

}  // namespace scv

#endif  // SCV_BASE_DISK_SPACE_H_
