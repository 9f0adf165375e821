// The way from the host into the network that clients of the lab see.
#ifndef SCV_DRILL_LAB_ENTRY_H_
#define SCV_DRILL_LAB_ENTRY_H_

#include <filesystem>
#include <string>

#include "base/result.h"
#include "drill/daemon_api.h"

namespace scv::drill {

// A file descriptor with an owner.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() { Close(); }
  Fd(Fd&& other) noexcept : fd_(other.Release()) {}
  Fd& operator=(Fd&& other) noexcept;
  int get() const { return fd_; }
  int Release();
  void Close();

 private:
  int fd_ = -1;
};

// Namespaces to enter, in this order. `user` is -1 for root, who needs no other one.
struct LabEntry {
  Fd user, network;
};

struct LabPlace {
  std::filesystem::path state;  // the lab's state directory
  std::filesystem::path root;   // the checkout

  std::filesystem::path socket() const { return state / "scvd.sock"; }
  std::filesystem::path root_pem() const { return state / "root.pem"; }
};

// The process of the lab's init as the host sees it (lab.json). kUnavailable: no lab runs.
Result<int> LabProcess(const LabPlace& place);

// kUnavailable: the lab or its internet is not there, or this user may not enter it.
Result<LabEntry> OpenInternet(const LabPlace& place, const DaemonApi& api);

// SIGKILL to the daemon itself, found below the lab's init. kNotFound: it does not run.
Result<int> KillDaemon(const LabPlace& place);

}  // namespace scv::drill

#endif  // SCV_DRILL_LAB_ENTRY_H_
