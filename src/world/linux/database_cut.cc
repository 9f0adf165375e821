#include "world/linux/database_cut.h"

#include <linux/rtnetlink.h>

#include <utility>

#include "world/linux/namespace.h"
#include "world/linux/netlink_route.h"

namespace scv::world {
namespace {

RouteKey KeyOf(render::Ipv4 address) { return {RT_TABLE_MAIN, {address, 32}, 0}; }

}  // namespace

DatabaseCut::DatabaseCut(DatabaseCut&& other) noexcept
    : socket_(std::move(other.socket_)),
      address_(other.address_),
      holds_(std::exchange(other.holds_, false)) {}

DatabaseCut::~DatabaseCut() {
  if (!holds_) return;
  NetlinkRequest request = DeleteRoute(KeyOf(address_), {});
  static_cast<void>(socket_.Carry({&request, 1}));
}

Result<DatabaseCut> DatabaseCut::Make(int network_namespace, const std::string& address) {
  SCV_ASSIGN(const render::Ipv4 parsed, render::ParseIpv4(address));
  // The socket belongs to the namespace that it was opened in, wherever it is used.
  SCV_ASSIGN(auto inside, InsideNamespace::Enter(network_namespace));
  SCV_ASSIGN(auto socket, NetlinkSocket::Open(NETLINK_ROUTE));
  DatabaseCut cut(std::move(socket), parsed);
  NetlinkRequest request = PutRoute(KeyOf(parsed), {}, 0);
  SCV_TRY(cut.socket_.Carry({&request, 1}));
  cut.holds_ = true;
  return cut;
}

}  // namespace scv::world
