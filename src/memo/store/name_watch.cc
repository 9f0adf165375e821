#include "memo/store/name_watch.h"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace scv::memo {

namespace {

std::string Numeric(const sockaddr* address, socklen_t size) {
  std::array<char, NI_MAXHOST> text{};
  const bool good =
      ::getnameinfo(address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0;
  return good ? std::string(text.data()) : std::string();
}

}  // namespace

Addresses ResolveName(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  Addresses addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    auto address = Numeric(each->ai_addr, each->ai_addrlen);
    if (!address.empty()) addresses.push_back(std::move(address));
  }
  return addresses;
}

Addresses PeerOf(int socket) {
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  auto* const address = reinterpret_cast<sockaddr*>(&peer);
  if (::getpeername(socket, address, &size) != 0) return {};
  auto text = Numeric(address, size);
  return text.empty() ? Addresses{} : Addresses{std::move(text)};
}

NameWatch::~NameWatch() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

bool NameWatch::LeadsElsewhere(const Addresses& addresses, Clock::time_point since) {
  const std::lock_guard lock(mutex_);
  if (!thread_.joinable()) {
    thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
  }
  if (Clock::now() - asked_ >= kPatience) {
    wanted_ = true;
    wanted_changed_.notify_one();
  }
  if (asked_ < since || answer_.empty() || addresses.empty()) return false;
  return std::none_of(addresses.begin(), addresses.end(), [&](const std::string& address) {
    return std::find(answer_.begin(), answer_.end(), address) != answer_.end();
  });
}

void NameWatch::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (wanted_changed_.wait(lock, stop, [&] { return wanted_; })) {
    const auto now = Clock::now();
    lock.unlock();
    auto answer = resolve_();
    lock.lock();
    answer_ = std::move(answer);
    asked_ = now;
    wanted_ = false;
  }
}

}  // namespace scv::memo
