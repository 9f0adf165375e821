// The fd store of the lab's init, over its socket (lab_init_packets.h has the protocol).
#ifndef SCV_WORLD_LINUX_FD_STORE_CLIENT_H_
#define SCV_WORLD_LINUX_FD_STORE_CLIENT_H_

#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "world/linux/fd_store.h"
#include "world/linux/lab_init_packets.h"

namespace scv::world {

// One process of the lab that ended, as its init tells it.
struct ExitReport {
  int pid = 0;
  unsigned long long start_ticks = 0;  // field 22 of /proc/PID/stat
  int exit_code = 0;                   // or 128 + the signal
};

// Where exit codes of processes come from that are not our own children.
class ExitSource {
 public:
  virtual ~ExitSource() = default;
  // A socket that becomes readable with each report; kUnavailable: connect again later.
  virtual Result<UniqueFd> WatchExits() = 0;
};

// What a packet of WatchExits says; nullopt: something else.
std::optional<ExitReport> ParseExitReport(std::string_view packet);

// Thread-safe. Connects when needed and once more when the connection broke; every call has a
// deadline of two seconds. kUnavailable, kTimeout: the init does not answer.
class FdStoreClient final : public FdStore, public ExitSource {
 public:
  // `state` is the lab's state directory.
  explicit FdStoreClient(std::filesystem::path state) : state_(std::move(state)) {}

  Result<void> Put(std::string_view name, int fd) override;
  Result<UniqueFd> Get(std::string_view name) override;
  Result<void> Remove(std::string_view name) override;
  Result<std::vector<std::string>> Names() override;
  Result<UniqueFd> WatchExits() override;

 private:
  Result<Packet> Ask(std::string_view request, std::span<const int> descriptors = {});
  Result<Packet> AskOnce(std::string_view request, std::span<const int> descriptors);

  const std::filesystem::path state_;
  std::mutex mutex_;
  UniqueFd connection_;  // guarded by mutex_
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_FD_STORE_CLIENT_H_
