// File descriptors that outlive this process: held by the lab's init (the first process of the
// lab's PID namespace) under a name, and given back to whoever runs next.
#ifndef SCV_WORLD_LINUX_FD_STORE_H_
#define SCV_WORLD_LINUX_FD_STORE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace scv::world {

// Owns one file descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd();
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Thread-safe. Names: up to 200 bytes of [A-Za-z0-9._/~-].
class FdStore {
 public:
  virtual ~FdStore() = default;
  // Replaces what has the name.
  virtual Result<void> Put(std::string_view name, int fd) = 0;
  // A duplicate; kNotFound.
  virtual Result<UniqueFd> Get(std::string_view name) = 0;
  virtual Result<void> Remove(std::string_view name) = 0;
  virtual Result<std::vector<std::string>> Names() = 0;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_FD_STORE_H_
