#include "world/linux/processes_stat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <sstream>
#include <string_view>
#include <vector>

#include "world/linux/fd_store.h"

namespace scv::world {
namespace {

std::string ReadSmallFile(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 1024> bytes{};
  const ssize_t size = file ? ::read(file.get(), bytes.data(), bytes.size()) : -1;
  return size > 0 ? std::string(bytes.data(), static_cast<std::size_t>(size)) : std::string();
}

struct Entry {
  int pid = 0;
  ProcessStat stat;
};

std::vector<Entry> AllProcesses() {
  std::vector<Entry> all;
  std::error_code failed;
  for (std::filesystem::directory_iterator next("/proc", failed), end; !failed && next != end;
       next.increment(failed)) {
    const std::string name = next->path().filename();
    int pid = 0;
    const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || stop != name.data() + name.size()) continue;
    if (const auto stat = ReadProcessStat(pid)) all.push_back({pid, *stat});
  }
  return all;
}

}  // namespace

std::optional<ProcessStat> ReadProcessStat(int pid) {
  const std::string text = ReadSmallFile("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = text.rfind(')');  // the name may itself have spaces and brackets
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream words(text.substr(name_end + 1));
  ProcessStat stat;
  std::string skipped;
  words >> stat.state >> stat.parent;
  for (int field = 5; field <= 13; ++field) words >> skipped;
  std::array<std::int64_t, 4> cpu{};  // utime, stime, cutime, cstime: fields 14 to 17
  for (auto& part : cpu) words >> part;
  for (int field = 18; field <= 21; ++field) words >> skipped;
  words >> stat.start_ticks;
  if (!words) return std::nullopt;
  stat.cpu_ticks = cpu[0] + cpu[1] + cpu[2] + cpu[3];
  return stat;
}

std::int64_t CpuMicrosOfTree(int pid) {
  const auto all = AllProcesses();
  std::multimap<int, const Entry*> children;
  std::vector<const Entry*> open;
  for (const auto& entry : all) {
    children.emplace(entry.stat.parent, &entry);
    if (entry.pid == pid) open.push_back(&entry);
  }
  std::int64_t ticks = 0;
  while (!open.empty()) {
    const Entry* entry = open.back();
    open.pop_back();
    ticks += entry->stat.cpu_ticks;
    const auto [begin, end] = children.equal_range(entry->pid);
    for (auto child = begin; child != end; ++child) open.push_back(child->second);
  }
  return ticks * (1'000'000 / ::sysconf(_SC_CLK_TCK));
}

void BoundLog(const std::filesystem::path& log, std::int64_t bytes_max) {
  constexpr std::int64_t kKept = 1 << 20;
  struct stat status {};
  if (::stat(log.c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
      status.st_size <= bytes_max) {
    return;
  }
  const std::string kept = log.string() + ".1";
  const UniqueFd from(::open(log.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  const UniqueFd to(::open(kept.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!from) return;
  std::vector<char> bytes(static_cast<std::size_t>(std::min(kKept, bytes_max)));
  const ssize_t size = ::pread(from.get(), bytes.data(), bytes.size(),
                               status.st_size - static_cast<off_t>(bytes.size()));
  const bool copied =
      size <= 0 || !to || ::write(to.get(), bytes.data(), static_cast<std::size_t>(size)) == size;
  // Without room for the copy the log is cut all the same: it must not fill the disk.
  if (::ftruncate(from.get(), 0) != 0 || !copied) return;
}

}  // namespace scv::world
