#include "drill/staggered_connect.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

namespace scv::drill {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

sockaddr_in NameOf(const char* address, int port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  EXPECT_EQ(::inet_pton(AF_INET, address, &name.sin_addr), 1);
  return name;
}

// Listens on an address of this machine.
class Listener {
 public:
  explicit Listener(const char* address, int port = 0, int backlog = 8)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in name = NameOf(address, port);
    socklen_t size = sizeof(name);
    auto* const raw = reinterpret_cast<sockaddr*>(&name);
    EXPECT_EQ(::bind(socket_.get(), raw, size), 0);
    EXPECT_EQ(::listen(socket_.get(), backlog), 0);
    EXPECT_EQ(::getsockname(socket_.get(), raw, &size), 0);
    port_ = ntohs(name.sin_port);
  }
  int port() const { return port_; }

 private:
  Fd socket_;
  int port_ = 0;
};

// Its queue is full: whoever knocks hears nothing, as from an address that is gone.
class SilentListener {
 public:
  explicit SilentListener(const char* address, int port) : listener_(address, port, 0) {
    queued_ = ConnectStaggered({address}, port, 2s);
    EXPECT_GE(queued_.get(), 0);
  }

 private:
  Listener listener_;
  Fd queued_;
};

std::string PeerOf(const Fd& socket) {
  sockaddr_in name{};
  socklen_t size = sizeof(name);
  if (::getpeername(socket.get(), reinterpret_cast<sockaddr*>(&name), &size) != 0) return "nobody";
  char text[INET_ADDRSTRLEN] = {};
  return ::inet_ntop(AF_INET, &name.sin_addr, text, sizeof(text));
}

TEST(DrillStaggeredConnect, TheFirstThatAnswersAtOnceIsTaken) {
  const Listener first("127.0.0.1");
  const Listener second("127.0.0.2", first.port());
  const auto begun = Clock::now();
  EXPECT_EQ(PeerOf(ConnectStaggered({"127.0.0.2", "127.0.0.1"}, first.port(), 5s)), "127.0.0.2");
  EXPECT_LT(Clock::now() - begun, kAttemptDelay);
}

TEST(DrillStaggeredConnect, ARefusalIsFollowedByTheNextAtOnce) {
  const Listener second("127.0.0.2");
  const auto begun = Clock::now();
  EXPECT_EQ(PeerOf(ConnectStaggered({"127.0.0.1", "127.0.0.2"}, second.port(), 5s)), "127.0.0.2");
  EXPECT_LT(Clock::now() - begun, kAttemptDelay);
}

TEST(DrillStaggeredConnect, SilenceIsFollowedByTheNextAfterADelay) {
  const Listener second("127.0.0.2");
  const SilentListener first("127.0.0.1", second.port());
  const auto begun = Clock::now();
  EXPECT_EQ(PeerOf(ConnectStaggered({"127.0.0.1", "127.0.0.2"}, second.port(), 5s)), "127.0.0.2");
  EXPECT_GE(Clock::now() - begun, kAttemptDelay);
}

TEST(DrillStaggeredConnect, NobodyIsWaitedForLongerThanSaid) {
  const Listener spare("127.0.0.2");
  const SilentListener silent("127.0.0.1", spare.port());
  const auto begun = Clock::now();
  EXPECT_LT(ConnectStaggered({"127.0.0.1"}, spare.port(), 300ms).get(), 0);
  EXPECT_GE(Clock::now() - begun, 300ms);
}

TEST(DrillStaggeredConnect, WhatIsNoAddressIsNobody) {
  EXPECT_LT(ConnectStaggered({}, 1, 5s).get(), 0);
  EXPECT_LT(ConnectStaggered({"www.test"}, 1, 5s).get(), 0);
  EXPECT_LT(ConnectStaggered({"127.0.0.1"}, 1, 5s).get(), 0);
}

}  // namespace
}  // namespace scv::drill
