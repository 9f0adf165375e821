#include "world/linux/memory_fd_store.h"

#include <fcntl.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <utility>

namespace scv::world {
namespace {

constexpr std::size_t kNameSizeMax = 200;
constexpr std::size_t kHeldMax = 4096;

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= kNameSizeMax && std::ranges::all_of(name, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '/' ||
           c == '-' || c == '~';
  });
}

Result<UniqueFd> Duplicate(int fd) {
  UniqueFd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy) {
    return Fail(ErrorKind::kInternal,
                std::string("duplicating a file descriptor: ") + std::strerror(errno));
  }
  return copy;
}

}  // namespace

Result<void> MemoryFdStore::Put(std::string_view name, int fd) {
  if (!IsName(name)) return Fail(ErrorKind::kInvalid, "not a name for a file descriptor");
  SCV_ASSIGN(UniqueFd copy, Duplicate(fd));
  const std::scoped_lock lock(mutex_);
  if (held_.size() >= kHeldMax) return Fail(ErrorKind::kOverloaded, "too many file descriptors");
  held_[std::string(name)] = std::move(copy);
  return {};
}

Result<UniqueFd> MemoryFdStore::Get(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  const auto found = held_.find(name);
  if (found == held_.end()) return Fail(ErrorKind::kNotFound, "no such file descriptor");
  return Duplicate(found->second.get());
}

Result<void> MemoryFdStore::Remove(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = held_.find(name); found != held_.end()) held_.erase(found);
  return {};
}

Result<std::vector<std::string>> MemoryFdStore::Names() {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, fd] : held_) names.push_back(name);
  return names;
}

}  // namespace scv::world
