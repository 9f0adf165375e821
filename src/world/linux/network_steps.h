// What the calls of network.h do, on the worker's thread.
#ifndef SCV_WORLD_LINUX_NETWORK_STEPS_H_
#define SCV_WORLD_LINUX_NETWORK_STEPS_H_

#include <string_view>

#include "base/result.h"
#include "lab/network.h"
#include "lab/parts.h"
#include "world/linux/network_places.h"

namespace scv::world {

Result<void> EnsureInternetPlace(Places& places, const lab::InternetSpec& spec);
Result<void> EnsureRouterPlace(Places& places, const lab::RouterSpec& spec);
Result<void> EnsureHostPlace(Places& places, std::string_view name,
                             const lab::InterfaceSpec& interface,
                             const lab::FirewallSpec& firewall);

// Both succeed if there is none.
Result<void> RemoveRouterPlace(Places& places, std::string_view vpc_id);
Result<void> RemoveHostPlace(Places& places, std::string_view name);

// Takes the addresses and routes of one link away. Succeeds if there is no such namespace or link.
Result<void> Silence(Places& places, std::string_view name, const std::string& link);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NETWORK_STEPS_H_
