#include "world/linux/lab_init_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

namespace scv::world {
namespace {

constexpr std::size_t kHeldMax = 4096;
constexpr std::size_t kClientsMax = 64;
constexpr std::size_t kExitsMax = 1024;
constexpr std::size_t kListSizeMax = 60 * 1024;

bool IsOurs(int socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         peer.uid == ::geteuid();
}

void WatchFd(int epoll, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

}  // namespace

Result<LabInitServer> LabInitServer::Listen(const std::filesystem::path& state, int epoll) {
  SCV_ASSIGN(UniqueFd listener, ListenPackets(state, kInitSocketName));
  WatchFd(epoll, listener.get());
  return LabInitServer(std::move(listener), epoll);
}

Result<void> LabInitServer::Hold(std::string name, UniqueFd fd) {
  if (!IsFdName(name)) return Fail(ErrorKind::kInvalid, "not a name for a file descriptor");
  if (held_.size() >= kHeldMax && !held_.contains(name)) {
    return Fail(ErrorKind::kOverloaded, "the fd store is full");
  }
  held_[std::move(name)] = std::move(fd);
  return {};
}

bool LabInitServer::Handle(int fd) {
  if (fd == listener_.get()) {
    Accept();
  } else if (clients_.contains(fd)) {
    Serve(fd);
  } else {
    return false;
  }
  return true;
}

void LabInitServer::Accept() {
  UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!client || !IsOurs(client.get()) || clients_.size() >= kClientsMax) return;
  const int fd = client.get();
  WatchFd(epoll_, fd);
  clients_[fd] = std::move(client);
}

void LabInitServer::Drop(int client) {
  watchers_.erase(client);
  clients_.erase(client);
}

void LabInitServer::Serve(int client) {
  // Epoll said that there is something: this does not wait.
  auto request =
      ReceivePacket(client, std::chrono::steady_clock::now() + std::chrono::milliseconds(1));
  if (!request) return Drop(client);
  auto answered = Answer(client, *request);
  if (answered) return;
  const std::string text =
      "error " + std::string(Name(answered.error().kind)) + " " + answered.error().message;
  if (!SendPacket(client, text)) Drop(client);
}

Result<void> LabInitServer::Answer(int client, Packet& request) {
  const auto space = request.text.find(' ');
  const std::string_view word = std::string_view(request.text).substr(0, space);
  const std::string_view name =
      space == std::string::npos ? "" : std::string_view(request.text).substr(space + 1);
  if (word == "put") {
    if (request.descriptors.size() != 1) {
      return Fail(ErrorKind::kInvalid, "put wants one file descriptor");
    }
    SCV_TRY(Hold(std::string(name), std::move(request.descriptors.front())));
    return SendPacket(client, "ok");
  }
  if (word == "get") return Get(client, name);
  if (word == "remove") {
    if (const auto found = held_.find(name); found != held_.end()) held_.erase(found);
    return SendPacket(client, "ok");
  }
  if (word == "list") return List(client, name);
  if (word == "watch") return Watch(client);
  return Fail(ErrorKind::kInvalid, "an unknown request");
}

Result<void> LabInitServer::Get(int client, std::string_view name) {
  const auto found = held_.find(name);
  if (found == held_.end()) {
    return Fail(ErrorKind::kNotFound, "there is no file descriptor of that name");
  }
  const std::array descriptors{found->second.get()};
  return SendPacket(client, "ok", descriptors);
}

Result<void> LabInitServer::List(int client, std::string_view after) {
  std::string answer = "ok";
  for (auto next = held_.upper_bound(after); next != held_.end() && answer.size() < kListSizeMax;
       ++next) {
    answer += " " + next->first;
  }
  return SendPacket(client, answer);
}

Result<void> LabInitServer::Watch(int client) {
  SCV_TRY(SendPacket(client, "ok"));
  for (const auto& exit : exits_) SCV_TRY(SendPacket(client, exit));
  watchers_.insert(client);
  return {};
}

void LabInitServer::TellExit(const ExitReport& report) {
  exits_.push_back("exit " + std::to_string(report.pid) + " " + std::to_string(report.start_ticks) +
                   " " + std::to_string(report.exit_code));
  if (exits_.size() > kExitsMax) exits_.pop_front();
  const auto watchers = watchers_;
  for (const int watcher : watchers) {
    if (!SendPacket(watcher, exits_.back())) Drop(watcher);
  }
}

}  // namespace scv::world
