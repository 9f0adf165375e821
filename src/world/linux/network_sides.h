// Links between two namespaces: both ends there, belonging together, raised, with what is wanted of
// each side.
#ifndef SCV_WORLD_LINUX_NETWORK_SIDES_H_
#define SCV_WORLD_LINUX_NETWORK_SIDES_H_

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"
#include "world/linux/network_difference.h"
#include "world/linux/network_places.h"

namespace scv::world {

// One of the two namespaces at a link's ends.
struct Side {
  std::string link;
  NetlinkSocket socket;
  NetworkState state;
};
Result<Side> SideOf(const Place& place, std::string link);

struct Pair {
  const Place* here = nullptr;
  Mac here_mac{};
  const Place* there = nullptr;
  Mac there_mac{};
};

// Makes the link unless both ends are there and belong together; raised or not. Whether it was
// made.
Result<bool> EnsurePair(const Pair& pair, Side& here, Side& there);

// Removes the side's end, and with it the other, if it is there.
Result<void> RemoveEnd(Side& side);

// Raises what is down among `links`, then brings the rest in line.
Result<void> EnsureSide(Side& side, const WantedNetwork& wanted,
                        std::initializer_list<std::string_view> links);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NETWORK_SIDES_H_
