#include "world/linux/network_places.h"

#include <linux/rtnetlink.h>

#include <chrono>
#include <utility>

#include "world/linux/namespace.h"

namespace scv::world {
namespace {

constexpr std::chrono::seconds kCarrierTimeMax{5};
constexpr std::chrono::milliseconds kNewsTimeMax{200};

std::string KeptAs(std::string_view name) { return std::string("netns/").append(name); }

}  // namespace

Result<Place*> Places::Find(std::string_view name) {
  if (const auto found = known_.find(name); found != known_.end()) return &found->second;
  auto kept = fds_.Get(KeptAs(name));
  if (!kept.has_value()) {
    if (kept.error().kind != ErrorKind::kNotFound) return std::unexpected(kept.error());
    return Fail(ErrorKind::kNotFound, "there is no network called " + std::string(name));
  }
  Place& place = known_[std::string(name)];
  place.network_namespace = std::move(*kept);
  place.taken_up = true;
  return &place;
}

Result<Place*> Places::Obtain(std::string_view name) {
  auto found = Find(name);
  if (found.has_value() || found.error().kind != ErrorKind::kNotFound) return found;
  SCV_ASSIGN(UniqueFd made, NewNetworkNamespace());
  SCV_TRY(fds_.Put(KeptAs(name), made.get()));
  Place& place = known_[std::string(name)];
  place.network_namespace = std::move(made);
  return &place;
}

Result<void> Places::Forget(std::string_view name) {
  if (const auto found = known_.find(name); found != known_.end()) known_.erase(found);
  return fds_.Remove(KeptAs(name));
}

Result<NetlinkSocket> RouteSocketIn(const Place& place) {
  SCV_ASSIGN(const auto inside, InsideNamespace::Enter(place.network_namespace.get()));
  return NetlinkSocket::Open(NETLINK_ROUTE);
}

Result<void> AwaitCarrier(const Place& place, NetlinkSocket& socket,
                          std::initializer_list<int> indices) {
  std::optional<NetlinkSocket> news;
  for (const int index : indices) {
    const auto deadline = std::chrono::steady_clock::now() + kCarrierTimeMax;
    while (true) {
      // From Linux 6.8 on asking brings the kernel's queue forward: the first answer will do.
      SCV_ASSIGN(const LinkState link, ReadLink(socket, index));
      if (link.carries) break;
      if (std::chrono::steady_clock::now() > deadline) {
        return Fail(ErrorKind::kTimeout, "a link of the lab does not carry packets");
      }
      if (news) {
        news->Hear(kNewsTimeMax);
        continue;
      }
      SCV_ASSIGN(news, RouteSocketIn(place));
      SCV_TRY(news->Subscribe(RTNLGRP_LINK));
    }
  }
  return {};
}

Result<NetlinkSocket*> ConntrackSocketOf(Place& place) {
  if (!place.conntrack) {
    SCV_ASSIGN(const auto inside, InsideNamespace::Enter(place.network_namespace.get()));
    SCV_ASSIGN(place.conntrack, NetlinkSocket::Open(NETLINK_NETFILTER));
  }
  return &*place.conntrack;
}

}  // namespace scv::world
