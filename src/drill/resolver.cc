#include "drill/resolver.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <random>

namespace scv::drill {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::size_t kEntriesMax = 64;

class Socket {
 public:
  Socket() : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Result<std::vector<unsigned char>> Encode(const std::string& name) {
  struct __res_state state {};
  if (res_ninit(&state) != 0) return Fail(ErrorKind::kInternal, "libresolv does not start");
  std::vector<unsigned char> query(512);
  const int size = res_nmkquery(&state, ns_o_query, name.c_str(), ns_c_in, ns_t_a, nullptr, 0,
                                nullptr, query.data(), static_cast<int>(query.size()));
  res_nclose(&state);
  if (size < 0) return Fail(ErrorKind::kInvalid, "'" + name + "' is no domain name");
  query.resize(static_cast<std::size_t>(size));
  // The identifier is all that keeps a stranger's answer away; libresolv's is the time of day.
  const unsigned id = std::random_device()();
  query[0] = static_cast<unsigned char>(id);
  query[1] = static_cast<unsigned char>(id >> 8);
  return query;
}

Result<void> Connect(const Socket& socket, const std::string& server) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(53);
  if (inet_pton(AF_INET, server.c_str(), &address.sin_addr) != 1) {
    return Fail(ErrorKind::kInvalid, "'" + server + "' is no address of a name server");
  }
  if (socket.get() < 0 ||
      connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return Fail(ErrorKind::kUnavailable,
                "the name server " + server + " cannot be reached: " + std::strerror(errno));
  }
  return {};
}

Result<std::vector<unsigned char>> Receive(const Socket& socket,
                                           const std::vector<unsigned char>& query,
                                           SteadyClock::time_point deadline) {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now());
    pollfd look{.fd = socket.get(), .events = POLLIN, .revents = 0};
    if (left.count() <= 0 || poll(&look, 1, static_cast<int>(left.count())) == 0) {
      return Fail(ErrorKind::kTimeout, "the name server does not answer");
    }
    std::vector<unsigned char> answer(4096);
    const ssize_t size = recv(socket.get(), answer.data(), answer.size(), 0);
    if (size < 0) {
      return Fail(ErrorKind::kUnavailable,
                  std::string("the name server does not answer: ") + std::strerror(errno));
    }
    if (size < NS_HFIXEDSZ || std::memcmp(answer.data(), query.data(), 2) != 0) continue;
    answer.resize(static_cast<std::size_t>(size));
    return answer;
  }
}

}  // namespace

Result<DnsAnswer> ReadAnswer(const unsigned char* data, std::size_t size) {
  ns_msg message{};
  if (size > 65535 || ns_initparse(data, static_cast<int>(size), &message) != 0) {
    return Fail(ErrorKind::kInvalid, "the name server's answer is broken");
  }
  const int code = ns_msg_getflag(message, ns_f_rcode);
  if (code == ns_r_nxdomain) return Fail(ErrorKind::kNotFound, "there is no such name");
  if (code != ns_r_noerror) {
    return Fail(ErrorKind::kUnavailable,
                "the name server answers with code " + std::to_string(code));
  }
  DnsAnswer answer;
  answer.ttl = std::numeric_limits<std::uint32_t>::max();
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record{};
    if (ns_parserr(&message, ns_s_an, i, &record) != 0) {
      return Fail(ErrorKind::kInvalid, "the name server's answer is broken");
    }
    answer.ttl = std::min(answer.ttl, static_cast<std::uint32_t>(ns_rr_ttl(record)));
    if (ns_rr_type(record) != ns_t_a || ns_rr_rdlen(record) != 4) continue;
    std::array<char, INET_ADDRSTRLEN> text{};
    inet_ntop(AF_INET, ns_rr_rdata(record), text.data(), text.size());
    answer.addresses.emplace_back(text.data());
  }
  if (answer.addresses.empty()) return Fail(ErrorKind::kNotFound, "the name has no address");
  return answer;
}

Result<DnsAnswer> QueryAddresses(const std::string& server, const std::string& name,
                                 std::chrono::milliseconds timeout) {
  SCV_ASSIGN(const auto query, Encode(name));
  const Socket socket;
  SCV_TRY(Connect(socket, server));
  if (send(socket.get(), query.data(), query.size(), 0) < 0) {
    return Fail(ErrorKind::kUnavailable,
                "the name server " + server + " cannot be reached: " + std::strerror(errno));
  }
  SCV_ASSIGN(const auto answer, Receive(socket, query, SteadyClock::now() + timeout));
  return ReadAnswer(answer.data(), answer.size());
}

Result<std::vector<std::string>> Resolver::Addresses(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(name);
  if (found != entries_.end() && clock_() < found->second.until) return found->second.addresses;
  // From before the query: the answer may have been on its way for a while.
  const Micros asked = clock_();
  SCV_ASSIGN(auto answer, query_(name));
  if (entries_.size() >= kEntriesMax) entries_.clear();
  entries_[name] = {answer.addresses, asked + static_cast<Micros>(answer.ttl) * 1'000'000};
  return std::move(answer.addresses);
}

}  // namespace scv::drill
