#include "world/linux/dns_query.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <thread>

#include "world/linux/fd_store.h"

namespace scv::world {
namespace {

using Clock = std::chrono::steady_clock;

struct TypeName {
  std::string_view name;
  int number;
};
constexpr std::string_view kAnswers = "the name server answers ";
constexpr std::array kTypes{TypeName{"A", ns_t_a},         TypeName{"AAAA", ns_t_aaaa},
                            TypeName{"CNAME", ns_t_cname}, TypeName{"TXT", ns_t_txt},
                            TypeName{"NS", ns_t_ns},       TypeName{"SOA", ns_t_soa}};

int TypeNumber(std::string_view name) {
  for (const auto& [known, number] : kTypes) {
    if (known == name) return number;
  }
  return -1;
}

struct CodeName {
  int code;
  std::string_view name, meaning;
};
// RFC 1035, 4.1.1.
constexpr std::array kCodes{
    CodeName{ns_r_formerr, "FORMERR", "it cannot read the question"},
    CodeName{ns_r_servfail, "SERVFAIL", "it failed; its log says why"},
    CodeName{ns_r_notimpl, "NOTIMP", "it does not know this kind of question"},
    CodeName{ns_r_refused, "REFUSED", "it serves no zone that this name is in"}};

Error RefusalOf(int code, const std::string& name) {
  for (const auto& [known, word, meaning] : kCodes) {
    if (known == code) {
      return {ErrorKind::kUnavailable, std::string(kAnswers) + std::string(word) + " for " + name +
                                           ": " + std::string(meaning)};
    }
  }
  return {ErrorKind::kUnavailable,
          std::string(kAnswers) + "code " + std::to_string(code) + " for " + name};
}

// A socket belongs to the namespace of the thread that makes it.
Result<UniqueFd> SocketIn(int network_namespace) {
  int made = -1;
  int failed = 0;
  const auto make = [&] {
    if (network_namespace >= 0 && setns(network_namespace, CLONE_NEWNET) != 0) {
      failed = errno;
      return;
    }
    made = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    failed = errno;
  };
  if (network_namespace < 0) {
    make();
  } else {
    std::thread(make).join();
  }
  if (made < 0) {
    return Fail(ErrorKind::kUnavailable,
                std::string("a socket for a DNS query: ") + std::strerror(failed));
  }
  return UniqueFd(made);
}

// It reads /etc/resolv.conf, which nothing here depends on: once a thread is enough.
struct ResolverState {
  ResolverState() : ready(res_ninit(&state) == 0) {}
  ~ResolverState() { res_nclose(&state); }
  ResolverState(const ResolverState&) = delete;
  ResolverState& operator=(const ResolverState&) = delete;

  struct __res_state state {};
  bool ready;
};

Result<std::vector<unsigned char>> Encode(const std::string& name, int type) {
  thread_local ResolverState resolver;
  if (!resolver.ready) return Fail(ErrorKind::kInternal, "libresolv does not start");
  std::vector<unsigned char> query(512);
  const int size = res_nmkquery(&resolver.state, ns_o_query, name.c_str(), ns_c_in, type, nullptr,
                                0, nullptr, query.data(), static_cast<int>(query.size()));
  if (size < 0) return Fail(ErrorKind::kInvalid, "'" + name + "' is no domain name");
  query.resize(static_cast<std::size_t>(size));
  return query;
}

Result<std::vector<unsigned char>> Exchange(const UniqueFd& socket,
                                            const std::vector<unsigned char>& query,
                                            Clock::time_point deadline) {
  if (send(socket.get(), query.data(), query.size(), 0) < 0) {
    return Fail(ErrorKind::kUnavailable,
                std::string("sending a DNS query: ") + std::strerror(errno));
  }
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd look{.fd = socket.get(), .events = POLLIN, .revents = 0};
    if (left <= 0 || poll(&look, 1, static_cast<int>(left)) == 0) {
      return Fail(ErrorKind::kTimeout, "no answer to a DNS query");
    }
    std::vector<unsigned char> answer(4096);
    const ssize_t size = recv(socket.get(), answer.data(), answer.size(), 0);
    if (size < 0) {
      return Fail(ErrorKind::kUnavailable,
                  std::string("the name server refuses: ") + std::strerror(errno));
    }
    // Only the answer to this very question counts.
    if (size < 12 || std::memcmp(answer.data(), query.data(), 2) != 0) continue;
    answer.resize(static_cast<std::size_t>(size));
    return answer;
  }
}

std::string NameAt(ns_msg& message, const unsigned char* at) {
  std::array<char, NS_MAXDNAME> name{};
  if (ns_name_uncompress(ns_msg_base(message), ns_msg_end(message), at, name.data(), name.size()) <
      0) {
    return "";
  }
  return name.data();
}

std::string Value(ns_msg& message, ns_rr& record) {
  const unsigned char* data = ns_rr_rdata(record);
  const std::size_t size = ns_rr_rdlen(record);
  std::array<char, INET6_ADDRSTRLEN> address{};
  switch (ns_rr_type(record)) {
    case ns_t_a:
      return size == 4 ? inet_ntop(AF_INET, data, address.data(), address.size()) : "";
    case ns_t_aaaa:
      return size == 16 ? inet_ntop(AF_INET6, data, address.data(), address.size()) : "";
    case ns_t_txt:
      return size > 0 && data[0] < size
                 ? std::string(reinterpret_cast<const char*>(data + 1), data[0])
                 : "";
    default:
      return NameAt(message, data);
  }
}

Result<std::vector<std::string>> Decode(const std::vector<unsigned char>& answer,
                                        const std::string& name, int type) {
  ns_msg message{};
  if (ns_initparse(answer.data(), static_cast<int>(answer.size()), &message) != 0) {
    return Fail(ErrorKind::kInternal, "the name server's answer cannot be read");
  }
  const int code = ns_msg_getflag(message, ns_f_rcode);
  if (code == ns_r_nxdomain) return Fail(ErrorKind::kNotFound, "there is no name " + name);
  if (code != ns_r_noerror) return std::unexpected(RefusalOf(code, name));
  std::vector<std::string> values;
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record{};
    if (ns_parserr(&message, ns_s_an, i, &record) != 0) break;
    if (ns_rr_type(record) == type) values.push_back(Value(message, record));
  }
  return values;
}

}  // namespace

bool IsNameServersAnswer(const Error& error) {
  return error.kind == ErrorKind::kNotFound || error.message.starts_with(kAnswers);
}

Result<std::vector<std::string>> QueryDns(int network_namespace, const std::string& server,
                                          const std::string& name, std::string_view type,
                                          std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  const int number = TypeNumber(type);
  if (number < 0) {
    return Fail(ErrorKind::kInvalid, "'" + std::string(type) + "' is no record type known here");
  }
  SCV_ASSIGN(const auto query, Encode(name, number));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(53);
  if (inet_pton(AF_INET, server.c_str(), &address.sin_addr) != 1) {
    return Fail(ErrorKind::kInvalid, "'" + server + "' is no IPv4 address");
  }
  SCV_ASSIGN(const UniqueFd socket, SocketIn(network_namespace));
  if (connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    return Fail(ErrorKind::kUnavailable,
                "no way to the name server " + server + ": " + std::strerror(errno));
  }
  SCV_ASSIGN(const auto answer, Exchange(socket, query, deadline));
  return Decode(answer, name, number);
}

}  // namespace scv::world
