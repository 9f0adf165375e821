#include "world/linux/network_difference.h"

#include <algorithm>

namespace scv::world {
namespace {

class Differ {
 public:
  Differ(const WantedNetwork& wanted, const NetworkState& state) : wanted_(wanted), state_(state) {}

  std::vector<NetlinkRequest> Run() {
    RemoveAddresses();
    AddAddresses();
    RemoveRoutes();
    PutRoutes();
    if (wanted_.owns_all) ChangeRules();
    return std::move(requests_);
  }

 private:
  bool Owns(const std::string& link) const {
    return link.empty() ? wanted_.owns_all : wanted_.links.contains(link);
  }

  // First what goes: an address beside another of the same network would go with it.
  void RemoveAddresses() {
    for (const auto& [address, label] : state_.addresses) {
      if (!Owns(address.link)) continue;
      const auto same = wanted_.addresses.find(address);
      if (same != wanted_.addresses.end() && same->second == label) continue;
      requests_.push_back(DeleteAddress(address, state_.IndexOf(address.link)));
      disturbed_.insert(address.link);
    }
  }

  void AddAddresses() {
    for (const auto& [address, label] : wanted_.addresses) {
      const auto same = state_.addresses.find(address);
      const bool stands = same != state_.addresses.end() && same->second == label;
      // Those of one network go with the first of them.
      if (stands && !disturbed_.contains(address.link)) continue;
      requests_.push_back(AddAddress(address, label, state_.IndexOf(address.link)));
    }
  }

  void RemoveRoutes() {
    for (const auto& [key, value] : state_.routes) {
      if (!Owns(value.link) || wanted_.routes.contains(key)) continue;
      requests_.push_back(DeleteRoute(key, value));
    }
  }

  // A link that loses its addresses loses its routes.
  void PutRoutes() {
    for (const auto& [key, value] : wanted_.routes) {
      const auto same = state_.routes.find(key);
      const bool stands = same != state_.routes.end() && same->second == value;
      if (stands && disturbed_.empty()) continue;
      requests_.push_back(PutRoute(key, value, state_.IndexOf(value.link)));
    }
  }

  void ChangeRules() {
    for (const RuleState& rule : wanted_.rules) {
      if (!state_.rules.contains(rule)) requests_.push_back(AddRule(rule));
    }
    for (const RuleState& rule : state_.rules) {
      if (!wanted_.rules.contains(rule)) requests_.push_back(DeleteRule(rule));
    }
  }

  const WantedNetwork& wanted_;
  const NetworkState& state_;
  std::set<std::string> disturbed_;
  std::vector<NetlinkRequest> requests_;
};

}  // namespace

int FreeIndex(const NetworkState& state) {
  int highest = 15;  // below are the kernel's own, some of which appear later
  for (const auto& [name, link] : state.links) highest = std::max(highest, link.index);
  return highest + 1;
}

std::vector<NetlinkRequest> BridgeDifference(const WantedNetwork& wanted, NetworkState& state) {
  std::vector<NetlinkRequest> requests;
  std::erase_if(state.links, [&](const auto& entry) {
    const auto& [name, link] = entry;
    const auto same = wanted.bridges.find(name);
    const bool goes = wanted.owns_all && link.kind == "bridge" &&
                      (same == wanted.bridges.end() || same->second != link.mac);
    if (goes) requests.push_back(DeleteLink(name, link.index));
    return goes;
  });
  for (const auto& [name, mac] : wanted.bridges) {
    LinkState& link = state.links[name];
    if (link.index == 0) {
      link.index = FreeIndex(state);
      link.mac = mac;
      link.kind = "bridge";
      requests.push_back(AddBridge(name, link.index, mac));
    }
    if (!link.up) requests.push_back(RaiseLink(name, link.index));
  }
  // What was on a removed bridge went with it.
  std::erase_if(state.addresses, [&](const auto& e) { return state.IndexOf(e.first.link) == 0; });
  std::erase_if(state.routes, [&](const auto& entry) {
    return !entry.second.link.empty() && state.IndexOf(entry.second.link) == 0;
  });
  return requests;
}

std::vector<NetlinkRequest> Difference(const WantedNetwork& wanted, const NetworkState& state) {
  return Differ(wanted, state).Run();
}

}  // namespace scv::world
