#include "world/linux/lab_init_listeners.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "world/linux/lab_init_packets.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;

constexpr int kBacklog = 1024;
constexpr int kTcpListen = 10;  // TCP_LISTEN in the state column

// The inode of the socket that listens on `port`, from /proc/net/tcp and tcp6; empty: not found.
std::string ListeningInode(int port) {
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream in(table);
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
      std::istringstream words(line);
      std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
      words >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >>
          timeout >> inode;
      const auto colon = local.rfind(':');
      if (colon == std::string::npos) continue;
      if (std::stoi("0" + local.substr(colon + 1), nullptr, 16) == port &&
          std::stoi("0" + state, nullptr, 16) == kTcpListen) {
        return inode;
      }
    }
  }
  return {};
}

bool HasSocket(const fs::path& process, const std::string& link) {
  std::error_code failed;
  for (fs::directory_iterator fd(process / "fd", failed), end; !failed && fd != end;
       fd.increment(failed)) {
    std::error_code unreadable;
    if (fs::read_symlink(fd->path(), unreadable) == link) return true;
  }
  return false;
}

// "nginx, pid 812", or that it cannot be seen.
std::string HolderOf(int port) {
  const std::string inode = ListeningInode(port);
  std::error_code failed;
  for (fs::directory_iterator entry("/proc", failed), end;
       !inode.empty() && !failed && entry != end; entry.increment(failed)) {
    const std::string pid = entry->path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    if (!HasSocket(entry->path(), "socket:[" + inode + "]")) continue;
    std::string name;
    std::ifstream comm(entry->path() / "comm");
    std::getline(comm, name);
    return name + ", pid " + pid;
  }
  return "a process of another user or namespace";
}

Error BindError(const ListenerOption& wanted, int error_number) {
  const std::string where = wanted.address + ":" + std::to_string(wanted.port);
  if (error_number == EADDRINUSE) {
    return {ErrorKind::kConflict,
            "port " + where + " (for " + wanted.name + ") is taken by " + HolderOf(wanted.port) +
                "; end that process, or choose another port: `scv up --port N`"};
  }
  if (error_number == EACCES) {
    return {ErrorKind::kDenied, "port " + where + " (for " + wanted.name +
                                    ") is reserved for root; choose one from 1024 on"};
  }
  return FailErrno(ErrorKind::kInvalid, "listening on " + where, error_number).error();
}

Result<HostListener> OpenOne(const ListenerOption& wanted) {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return FailErrno(ErrorKind::kInternal, "making a socket", errno);
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(wanted.port));
  ::inet_pton(AF_INET, wanted.address.c_str(), &address.sin_addr);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  if (::bind(fd.get(), generic, size) != 0 || ::listen(fd.get(), kBacklog) != 0) {
    return std::unexpected(BindError(wanted, errno));
  }
  if (::getsockname(fd.get(), generic, &size) != 0) {
    return FailErrno(ErrorKind::kInternal, "reading a listener's port", errno);
  }
  return HostListener{.name = wanted.name, .port = ntohs(address.sin_port), .fd = std::move(fd)};
}

}  // namespace

Result<std::vector<HostListener>> OpenHostListeners(const std::vector<ListenerOption>& wanted) {
  std::vector<HostListener> opened;
  for (const auto& one : wanted) {
    SCV_ASSIGN(HostListener listener, OpenOne(one));
    opened.push_back(std::move(listener));
  }
  return opened;
}

}  // namespace scv::world
