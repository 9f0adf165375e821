#include "world/linux/cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <thread>
#include <utility>

#include "world/linux/fd_store.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kPeriodMicros = 50'000;
constexpr std::int64_t kQuotaMicrosMin = 1'000;  // the kernel's own minimum
constexpr int kShares = 1024, kWeight = 100;     // the kernel's own for one

bool Write(const fs::path& path, std::string_view text) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return file && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

std::set<std::string> Words(std::string text, char separator) {
  std::ranges::replace(text, separator, ' ');
  std::istringstream in(text);
  std::set<std::string> words;
  for (std::string word; in >> word;) words.insert(word);
  return words;
}

struct Hierarchy {
  fs::path mount;
  fs::path own;  // this process's group below it
};

// Controller ("" for version 2) → where it is, from mountinfo and /proc/self/cgroup.
std::map<std::string, Hierarchy> FindHierarchies() {
  std::map<std::string, Hierarchy> found;
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    const auto dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    std::istringstream head(line.substr(0, dash)), tail(line.substr(dash + 3));
    std::string id, parent, device, root, point, type, source, options;
    head >> id >> parent >> device >> root >> point;
    tail >> type >> source >> options;
    if (type == "cgroup2") found[""].mount = point;
    if (type != "cgroup") continue;
    for (const auto& controller : Words(options, ',')) found[controller].mount = point;
  }
  std::ifstream own("/proc/self/cgroup");
  for (std::string line; std::getline(own, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string path = line.substr(second + 1);
    auto controllers = Words(line.substr(first + 1, second - first - 1), ',');
    if (controllers.empty()) controllers.insert("");
    for (const auto& controller : controllers) {
      if (const auto it = found.find(controller); it != found.end()) it->second.own = path;
    }
  }
  return found;
}

// The lab's directory below `parent`, or nothing where it cannot be made or used.
fs::path MakeUsable(const fs::path& parent, const std::string& lab) {
  const fs::path place = parent / lab;
  if (::mkdir(place.c_str(), 0755) != 0 && errno != EEXIST) return {};
  return ::access((place / "cgroup.procs").c_str(), W_OK) == 0 ? place : fs::path();
}

fs::path MakeBelowOwn(const std::map<std::string, Hierarchy>& all, const std::string& controller,
                      const std::string& lab) {
  const auto found = all.find(controller);
  if (found == all.end() || found->second.mount.empty()) return {};
  const fs::path own = found->second.mount / found->second.own.relative_path();
  fs::path place = MakeUsable(own, lab);
  return place.empty() ? MakeUsable(found->second.mount, lab) : place;
}

std::string GroupFile(std::string_view name) {
  std::string file(name);
  std::ranges::replace(file, '/', '+');
  return file;
}

// More than the machine has is no limit.
bool BindsHere(int cpu_millis) {
  return cpu_millis > 0 &&
         cpu_millis < 1000 * static_cast<int>(std::thread::hardware_concurrency());
}

std::string QuotaOf(int cpu_millis) {
  return std::to_string(std::max(cpu_millis * kPeriodMicros / 1000, kQuotaMicrosMin));
}

// A group competes with the lab's other processes as one; it counts for as many as it has CPUs.
int CpusOf(int cpu_millis) { return std::max(cpu_millis / 1000, 1); }

void LimitCpu(const fs::path& group, int cpu_millis) {
  Write(group / "cpu.cfs_period_us", std::to_string(kPeriodMicros));
  Write(group / "cpu.cfs_quota_us", QuotaOf(cpu_millis));
  Write(group / "cpu.shares", std::to_string(kShares * CpusOf(cpu_millis)));
}

void LimitUnifiedCpu(const fs::path& lab, const fs::path& group, int cpu_millis) {
  Write(lab / "cgroup.subtree_control", "+cpu");
  Write(group / "cpu.max", QuotaOf(cpu_millis) + " " + std::to_string(kPeriodMicros));
  Write(group / "cpu.weight", std::to_string(kWeight * CpusOf(cpu_millis)));
}

bool RemoveDirectory(const fs::path& path) { return ::rmdir(path.c_str()) == 0 || errno == ENOENT; }

}  // namespace

std::string CgroupNameOf(const fs::path& state) {
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a: the same in every process and build
  for (const char c : state.lexically_normal().string()) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  std::ostringstream name;
  name << "scv-" << std::hex << hash;
  return name.str();
}

Cgroups Cgroups::Open(std::string lab) {
  const auto all = FindHierarchies();
  Cgroups groups;
  if (const auto found = all.find(""); found != all.end()) {
    // Below the root: only there may a group have both members and controlled children.
    const fs::path root = found->second.mount;
    groups.unified_ = MakeUsable(root, lab);
    if (!groups.unified_.empty()) {
      const auto enable = [&](const std::string& controller) {
        return Write(root / "cgroup.subtree_control", "+" + controller) &&
               Write(groups.unified_ / "cgroup.subtree_control", "+" + controller);
      };
      groups.unified_memory_ = enable("memory");
      groups.unified_cpu_ = Write(root / "cgroup.subtree_control", "+cpu");
    } else {
      groups.unified_ = MakeBelowOwn(all, "", lab);
    }
  }
  if (!groups.unified_memory_) groups.memory_ = MakeBelowOwn(all, "memory", lab);
  if (!groups.unified_cpu_) groups.cpu_ = MakeBelowOwn(all, "cpu", lab);
  if (groups.unified_.empty()) groups.cpuacct_ = MakeBelowOwn(all, "cpuacct", lab);
  return groups;
}

std::vector<fs::path> Cgroups::Make(std::string_view name, const lab::Limits& limits) const {
  std::vector<fs::path> made;
  const auto make = [&](const fs::path& place) {
    const fs::path group = place / GroupFile(name);
    if (place.empty() || (::mkdir(group.c_str(), 0755) != 0 && errno != EEXIST)) return fs::path();
    made.push_back(group);
    return group;
  };
  const std::string bytes = std::to_string(limits.memory_bytes);
  const fs::path unified = make(unified_);
  if (has_unified() && unified.empty()) return {};  // the callers count on it being the first
  if (unified_memory_ && limits.memory_bytes > 0) Write(unified / "memory.max", bytes);
  if (limits.memory_bytes > 0) {
    if (const auto group = make(memory_); !group.empty()) {
      Write(group / "memory.limit_in_bytes", bytes);
    }
  }
  if (!BindsHere(limits.cpu_millis)) {
    if (!cpu_.empty()) made.push_back(cpu_);
  } else if (unified_cpu_) {
    LimitUnifiedCpu(unified_, unified, limits.cpu_millis);
  } else if (const auto group = make(cpu_); !group.empty()) {
    LimitCpu(group, limits.cpu_millis);
  }
  make(cpuacct_);
  return made;
}

bool Cgroups::Kill(std::string_view name) const {
  return has_unified() && Write(unified_ / GroupFile(name) / "cgroup.kill", "1");
}

std::vector<int> Cgroups::Members(std::string_view name) const {
  std::vector<int> members;
  const auto places = Places();
  if (places.empty()) return members;
  std::ifstream in(places.front() / GroupFile(name) / "cgroup.procs");
  for (int pid = 0; in >> pid;) members.push_back(pid);
  return members;
}

bool Cgroups::Remove(std::string_view name) const {
  bool removed = true;
  for (const auto& place : Places()) removed &= RemoveDirectory(place / GroupFile(name));
  return removed;
}

std::optional<std::int64_t> Cgroups::CpuMicros(std::string_view name) const {
  if (has_unified()) {
    std::ifstream in(unified_ / GroupFile(name) / "cpu.stat");
    std::string key;
    for (std::int64_t value = 0; in >> key >> value;) {
      if (key == "usage_usec") return value;
    }
  }
  if (!cpuacct_.empty()) {
    std::ifstream in(cpuacct_ / GroupFile(name) / "cpuacct.usage");
    if (std::int64_t nanos = 0; in >> nanos) return nanos / 1000;
  }
  return std::nullopt;
}

std::string Cgroups::Lacking(const lab::Limits& limits) const {
  std::string lacking;
  if (limits.memory_bytes > 0 && !limits_memory()) lacking = "memory";
  if (limits.cpu_millis > 0 && !limits_cpu()) lacking += lacking.empty() ? "CPU" : " and CPU";
  if (lacking.empty()) return {};
  return "limits of " + lacking + " are not enforced: control groups are not writable here (as " +
         "root they are)";
}

std::vector<fs::path> Cgroups::Places() const {
  std::vector<fs::path> places;
  for (const auto* place : {&unified_, &memory_, &cpu_, &cpuacct_}) {
    if (!place->empty()) places.push_back(*place);
  }
  return places;
}

void Cgroups::RemoveAll() const {
  for (const auto& place : Places()) {
    std::error_code failed;
    for (fs::directory_iterator next(place, failed), end; !failed && next != end;
         next.increment(failed)) {
      if (next->is_directory(failed)) RemoveDirectory(next->path());
    }
    RemoveDirectory(place);
  }
}

}  // namespace scv::world
