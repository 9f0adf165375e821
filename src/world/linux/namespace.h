// Network namespaces of this thread and of others. A namespace lives as long as a descriptor of it
// is open or a process is inside. Entering one changes the calling thread only: meant for a thread
// that does nothing else.
#ifndef SCV_WORLD_LINUX_NAMESPACE_H_
#define SCV_WORLD_LINUX_NAMESPACE_H_

#include <string_view>

#include "base/result.h"
#include "world/linux/fd_store.h"

namespace scv::world {

// The calling thread's.
Result<UniqueFd> CurrentNetworkNamespace();

// A new one; the calling thread stays where it is. kDenied: neither root nor in a user namespace.
Result<UniqueFd> NewNetworkNamespace();

// The calling thread is inside from Enter until this ends.
class InsideNamespace {
 public:
  static Result<InsideNamespace> Enter(int network_namespace);
  InsideNamespace(InsideNamespace&&) noexcept = default;
  InsideNamespace& operator=(InsideNamespace&&) = delete;
  ~InsideNamespace();  // ends the program if the way back is closed, which never happens

  // Writes a setting of the namespace: `setting` below /proc/sys/net, "ipv4/ip_forward". Opening
  // such a file reaches the namespace that the opening thread is in, whoever mounted /proc.
  // kNotFound: this kernel does not have it.
  Result<void> Set(std::string_view setting, std::string_view value) const;

 private:
  explicit InsideNamespace(UniqueFd home) : home_(std::move(home)) {}
  UniqueFd home_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NAMESPACE_H_
