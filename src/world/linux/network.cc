#include "world/linux/network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>

#include "render/ipv4.h"
#include "world/linux/namespace.h"
#include "world/linux/network_steps.h"
#include "world/linux/network_worker.h"

namespace scv::world {
namespace {

constexpr std::size_t kNameSizeMax = 190;  // "netns/" goes before it, of 200 allowed
constexpr int kPortMax = 65535;

Result<void> CheckName(std::string_view name) {
  const bool good =
      !name.empty() && name.size() <= kNameSizeMax &&
      std::ranges::all_of(name, [](unsigned char c) {
        return std::isalnum(c) || c == '.' || c == '_' || c == '/' || c == '-' || c == '~';
      });
  if (!good) return Fail(ErrorKind::kInvalid, "not a name for a network");
  return {};
}

// The internet and the routers are not hosts.
Result<void> CheckOwnName(std::string_view name) {
  SCV_TRY(CheckName(name));
  if (name == kInternetPlace) {
    return Fail(ErrorKind::kInvalid, "a network of this name is the internet");
  }
  return {};
}

Error SocketError(const std::string& what) {
  const int error_number = errno;
  const auto kind = error_number == EADDRINUSE ? ErrorKind::kConflict : ErrorKind::kInternal;
  return {kind, what + ": " + std::strerror(error_number)};
}

// The socket belongs to the namespace that it is made in; the rest can be done from anywhere.
Result<UniqueFd> MakeSocket(const Place& place) {
  SCV_ASSIGN(const auto inside, InsideNamespace::Enter(place.network_namespace.get()));
  UniqueFd made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!made) return std::unexpected(SocketError("making a socket"));
  return made;
}

Result<UniqueFd> ListenAt(const Place& place, render::Ipv4 address, int port) {
  SCV_ASSIGN(UniqueFd made, MakeSocket(place));
  const int on = 1;
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(address);
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      ::bind(made.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0 ||
      ::listen(made.get(), SOMAXCONN) != 0) {
    return std::unexpected(
        SocketError("listening at " + render::ToText(address) + ":" + std::to_string(port)));
  }
  return made;
}

class LinuxNetwork final : public Network {
 public:
  explicit LinuxNetwork(FdStore& fds) : places_(fds) {}

  Result<void> EnsureInternet(const lab::InternetSpec& spec) override {
    return worker_.Run([&] { return EnsureInternetPlace(places_, spec); });
  }

  Result<void> EnsureRouter(const lab::RouterSpec& spec) override {
    SCV_TRY(CheckOwnName(spec.vpc_id));
    return worker_.Run([&] { return EnsureRouterPlace(places_, spec); });
  }

  Result<void> RemoveRouter(std::string_view vpc_id) override {
    SCV_TRY(CheckOwnName(vpc_id));
    return worker_.Run([&] { return RemoveRouterPlace(places_, vpc_id); });
  }

  Result<void> EnsureHost(std::string_view name, const lab::InterfaceSpec& interface,
                          const lab::FirewallSpec& firewall) override {
    SCV_TRY(CheckOwnName(name));
    SCV_TRY(CheckOwnName(interface.vpc_id));
    if (name == interface.vpc_id) return Fail(ErrorKind::kInvalid, "a host with a router's name");
    return worker_.Run([&] { return EnsureHostPlace(places_, name, interface, firewall); });
  }

  Result<void> RemoveHost(std::string_view name) override {
    SCV_TRY(CheckOwnName(name));
    return worker_.Run([&] { return RemoveHostPlace(places_, name); });
  }

  Result<bool> EnsureWideArea(std::string_view name, const lab::WideAreaSpec& spec) override {
    SCV_TRY(CheckOwnName(name));
    SCV_TRY(CheckOwnName(spec.a.vpc_id));
    SCV_TRY(CheckOwnName(spec.b.vpc_id));
    return worker_.Run([&] { return EnsureWideAreaPlace(places_, name, spec); });
  }

  Result<void> RemoveWideArea(std::string_view name) override {
    SCV_TRY(CheckOwnName(name));
    return worker_.Run([&] { return RemoveWideAreaPlace(places_, name); });
  }

  Result<void> SetFaults(const lab::NetworkFaults& faults) override {
    return worker_.Run([&] { return SetPlacesFaults(places_, faults); });
  }

  Result<UniqueFd> NamespaceOf(std::string_view name) override {
    SCV_TRY(CheckName(name));
    return worker_.Run([&]() -> Result<UniqueFd> {
      SCV_ASSIGN(const Place* const place, places_.Find(name));
      UniqueFd copy(::fcntl(place->network_namespace.get(), F_DUPFD_CLOEXEC, 0));
      if (!copy) return std::unexpected(SocketError("duplicating a descriptor"));
      return copy;
    });
  }

  Result<UniqueFd> Listen(std::string_view name, std::string_view address, int port) override {
    SCV_TRY(CheckName(name));
    SCV_ASSIGN(const render::Ipv4 parsed, render::ParseIpv4(address));
    if (port < 0 || port > kPortMax) return Fail(ErrorKind::kInvalid, "not a port");
    return worker_.Run([&]() -> Result<UniqueFd> {
      SCV_ASSIGN(const Place* const place, places_.Find(name));
      return ListenAt(*place, parsed, port);
    });
  }

 private:
  Places places_;  // the worker's
  NetworkWorker worker_;
};

}  // namespace

Result<std::unique_ptr<Network>> MakeNetwork(FdStore& fds) {
  return std::make_unique<LinuxNetwork>(fds);
}

}  // namespace scv::world
