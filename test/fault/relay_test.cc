#include "fault/relay.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

namespace scv::fault {
namespace {

constexpr int kSoonMs = 5000;
constexpr int kNeverMs = 100;

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() { ::close(fd_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int fd() const { return fd_; }
  void Send(const std::string& text) const {
    EXPECT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  bool Readable(int limit_ms) const {
    pollfd event{fd_, POLLIN, 0};
    return ::poll(&event, 1, limit_ms) == 1;
  }
  // What comes next: the text, "end", "reset", or "nothing" within the limit.
  std::string Receive(int limit_ms = kSoonMs) const {
    if (!Readable(limit_ms)) return "nothing";
    std::array<char, 1024> bytes{};
    const ssize_t got = ::recv(fd_, bytes.data(), bytes.size(), 0);
    if (got < 0) return errno == ECONNRESET ? "reset" : "error";
    return got == 0 ? "end" : std::string(bytes.data(), static_cast<std::size_t>(got));
  }

 private:
  int fd_;
};

class RelayTest : public testing::Test {
 protected:
  void SetUp() override {
    sockaddr_in address = Loopback(0);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    ASSERT_EQ(::bind(listener_.fd(), generic, size), 0);
    ASSERT_EQ(::listen(listener_.fd(), 8), 0);
    ASSERT_EQ(::getsockname(listener_.fd(), generic, &size), 0);
    auto relay = Relay::Start(ntohs(address.sin_port));
    ASSERT_TRUE(relay.has_value()) << relay.error().message;
    relay_ = std::move(*relay);
  }

  std::unique_ptr<Socket> Connect() const {
    auto client = std::make_unique<Socket>(::socket(AF_INET, SOCK_STREAM, 0));
    const sockaddr_in address = Loopback(relay_->port());
    EXPECT_EQ(::connect(client->fd(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
              0);
    return client;
  }
  std::unique_ptr<Socket> Accept() const {
    EXPECT_TRUE(listener_.Readable(kSoonMs));
    return std::make_unique<Socket>(::accept(listener_.fd(), nullptr, nullptr));
  }

  Socket listener_{::socket(AF_INET, SOCK_STREAM, 0)};
  std::unique_ptr<Relay> relay_;
};

TEST_F(RelayTest, PassesBothWaysAndTheEndOfEach) {
  const auto client = Connect();
  const auto server = Accept();
  client->Send("question");
  EXPECT_EQ(server->Receive(), "question");
  ::shutdown(client->fd(), SHUT_WR);
  EXPECT_EQ(server->Receive(), "end");
  server->Send("answer");
  EXPECT_EQ(client->Receive(), "answer");
}

TEST_F(RelayTest, CutResetsBothSidesAndServesNewOnes) {
  const auto client = Connect();
  const auto server = Accept();
  relay_->Cut();
  EXPECT_EQ(client->Receive(), "reset");
  EXPECT_EQ(server->Receive(), "reset");
  const auto next = Connect();
  next->Send("hello");
  EXPECT_EQ(Accept()->Receive(), "hello");
}

TEST_F(RelayTest, ForgottenConnectionsHangForEver) {
  const auto client = Connect();
  const auto server = Accept();
  relay_->Forget();
  client->Send("lost");
  EXPECT_EQ(server->Receive(kNeverMs), "nothing");
  const auto next = Connect();
  next->Send("hello");
  EXPECT_EQ(Accept()->Receive(), "hello");
  EXPECT_EQ(server->Receive(kNeverMs), "nothing");
}

TEST_F(RelayTest, WhatIsHeldPassesLater) {
  const auto client = Connect();
  const auto server = Accept();
  relay_->Hold(true);
  client->Send("late");
  EXPECT_EQ(server->Receive(kNeverMs), "nothing");
  const auto next = Connect();
  EXPECT_FALSE(listener_.Readable(kNeverMs));
  relay_->Hold(false);
  EXPECT_EQ(server->Receive(), "late");
  next->Send("hello");
  EXPECT_EQ(Accept()->Receive(), "hello");
}

TEST_F(RelayTest, RefusedConnectionsAreReset) {
  relay_->Refuse(true);
  EXPECT_EQ(Connect()->Receive(), "reset");
  relay_->Refuse(false);
  const auto client = Connect();
  client->Send("hello");
  EXPECT_EQ(Accept()->Receive(), "hello");
}

}  // namespace
}  // namespace scv::fault
