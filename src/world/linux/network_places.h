// The namespaces of the lab by name, with what is known of each. One thread uses all of this.
#ifndef SCV_WORLD_LINUX_NETWORK_PLACES_H_
#define SCV_WORLD_LINUX_NETWORK_PLACES_H_

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lab/faults.h"
#include "lab/network.h"
#include "world/linux/fd_store.h"
#include "world/linux/netlink_route.h"
#include "world/linux/network_nftables.h"

namespace scv::world {

struct Place {
  UniqueFd network_namespace;
  AppliedTable table;
  AppliedTable shortcuts;  // a router's
  // Kept for the reason that AppliedTable keeps its own.
  std::optional<NetlinkSocket> conntrack;
  bool prepared = false;  // its settings were written by this process
  // A router's, as they were last applied by this process.
  std::vector<lab::PublicAddress> public_addresses;

  // What the faults need to know of it, and their table.
  std::optional<lab::RouterSpec> router;
  bool host = false;
  bool taken_up = false;  // an earlier process made it, and may have left a table of faults
  bool faulty = false;    // this process has put such a table there
  AppliedTable faults;
};

class Places {
 public:
  explicit Places(FdStore& fds) : fds_(fds) {}

  // kNotFound: there is none, neither here nor kept by an earlier process. The pointer is good
  // until Forget.
  Result<Place*> Find(std::string_view name);
  // Makes it if there is none, and keeps its descriptor.
  Result<Place*> Obtain(std::string_view name);
  // The namespace ends when nobody is inside. Succeeds if there is none.
  Result<void> Forget(std::string_view name);

  // Those that this process has found or made.
  std::map<std::string, Place, std::less<>>& known() { return known_; }
  // Those that hold now.
  lab::NetworkFaults faults;

 private:
  FdStore& fds_;
  std::map<std::string, Place, std::less<>> known_;
};

inline constexpr std::string_view kInternetPlace = "internet";
inline constexpr std::string_view kClientLabel = "lo:client";  // of the internet's client address

// A namespace's settings below /proc/sys/net.
using Settings = std::vector<std::pair<std::string_view, std::string_view>>;

// A netlink socket in the namespace.
Result<NetlinkSocket> RouteSocketIn(const Place& place);
// Returns when the links carry packets. The kernel raises them at once, but lets packets pass a
// little later, from a queue of its own; until then it drops them, and a connection's first try
// would be repeated only after a second. kTimeout.
Result<void> AwaitCarrier(const Place& place, NetlinkSocket& socket,
                          std::initializer_list<int> indices);
// The place's own, for its tracked connections.
Result<NetlinkSocket*> ConntrackSocketOf(Place& place);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NETWORK_PLACES_H_
