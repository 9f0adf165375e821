// An FdStore inside this process: for tests, and for tools that keep nothing. What it holds ends
// with it.
#ifndef SCV_WORLD_LINUX_MEMORY_FD_STORE_H_
#define SCV_WORLD_LINUX_MEMORY_FD_STORE_H_

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "world/linux/fd_store.h"

namespace scv::world {

class MemoryFdStore final : public FdStore {
 public:
  Result<void> Put(std::string_view name, int fd) override;
  Result<UniqueFd> Get(std::string_view name) override;
  Result<void> Remove(std::string_view name) override;
  Result<std::vector<std::string>> Names() override;

 private:
  std::mutex mutex_;
  std::map<std::string, UniqueFd, std::less<>> held_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_MEMORY_FD_STORE_H_
