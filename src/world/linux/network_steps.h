// What the calls of network.h do, on the worker's thread.
#ifndef SCV_WORLD_LINUX_NETWORK_STEPS_H_
#define SCV_WORLD_LINUX_NETWORK_STEPS_H_

#include <string_view>

#include "base/result.h"
#include "lab/faults.h"
#include "lab/network.h"
#include "lab/parts.h"
#include "world/linux/network_places.h"

namespace scv::world {

Result<void> EnsureInternetPlace(Places& places, const lab::InternetSpec& spec);
Result<void> EnsureRouterPlace(Places& places, const lab::RouterSpec& spec);
Result<void> EnsureHostPlace(Places& places, std::string_view name,
                             const lab::InterfaceSpec& interface,
                             const lab::FirewallSpec& firewall);
// Whether a link was made anew.
Result<bool> EnsureWideAreaPlace(Places& places, std::string_view name,
                                 const lab::WideAreaSpec& spec);
Result<void> RemoveWideAreaPlace(Places& places, std::string_view name);

// Makes these the faults that hold, at every place that is known.
Result<void> SetPlacesFaults(Places& places, const lab::NetworkFaults& faults);
// Brings the faults' table of one place in line with what holds; a new place has none and needs
// none most of the time.
Result<void> ApplyFaults(Places& places, std::string_view name, Place& place);

// Brings a router's shortcuts in line with its hosts' ports and with the faults that hold. Where
// the kernel has none of it, there are none, and everything takes the long way.
Result<void> ApplyShortcuts(Places& places, Place& place);

// Both succeed if there is none.
Result<void> RemoveRouterPlace(Places& places, std::string_view vpc_id);
Result<void> RemoveHostPlace(Places& places, std::string_view name);

// Takes the addresses and routes of one link away. Succeeds if there is no such namespace or link.
Result<void> Silence(Places& places, std::string_view name, const std::string& link);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NETWORK_STEPS_H_
