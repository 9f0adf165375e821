#include "world/linux/access_log.h"

#include <fmt/format.h>
#include <libdeflate.h>
#include <openssl/rand.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

namespace scv::world {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kTextMax = std::size_t{8} << 20;  // then the file is handed over early
constexpr std::size_t kReadSize = std::size_t{64} << 10;
constexpr int kBacklog = 8;
constexpr std::size_t kConnectionsMax = 8;  // of one node: a process and those that it replaces
// Lines are not waited for one by one: each look costs this process as much as a hundred lines.
constexpr milliseconds kBetweenLooks{100};
// Packing is most of what a line costs. At its lowest level libdeflate needs half of zlib's time
// for a better result; the logs are regular enough that it makes them a tenth.
constexpr int kGzipLevel = 1;

std::string Gzip(std::string_view text) {
  const std::unique_ptr<libdeflate_compressor, decltype(&::libdeflate_free_compressor)> compressor(
      ::libdeflate_alloc_compressor(kGzipLevel), &::libdeflate_free_compressor);
  if (!compressor) return "";
  std::string packed(::libdeflate_gzip_compress_bound(compressor.get(), text.size()), '\0');
  packed.resize(::libdeflate_gzip_compress(compressor.get(), text.data(), text.size(),
                                           packed.data(), packed.size()));
  packed.shrink_to_fit();
  return packed;
}

std::string RandomWord() {
  std::array<unsigned char, 5> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return "0";
  std::string word;
  for (const unsigned byte : bytes) word += fmt::format("{:02x}", byte);
  return word;
}

// "arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID"
AccessLogNode NodeOf(const lab::LoadBalancerNodeSpec& spec) {
  AccessLogNode node;
  node.region = spec.region;
  node.address = spec.interface.address;
  node.load_balancer = "app/" + spec.load_balancer;
  node.account = "000000000000";
  std::vector<std::string> parts(1);
  for (const char c : spec.arn) {
    if (c == ':') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  constexpr std::string_view kKind = "loadbalancer/";
  if (parts.size() == 6 && parts[5].starts_with(kKind)) {
    node.account = parts[4];
    node.load_balancer = parts[5].substr(kKind.size());
  }
  for (const auto& group : spec.target_groups) node.group_arns[group.name] = group.arn;
  for (const auto& listener : spec.listeners) {
    if (!listener.certificates.empty()) node.certificate = listener.certificates.front();
  }
  return node;
}

Result<UniqueFd> Listen(const std::filesystem::path& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.size() >= sizeof(name.sun_path)) {
    return Fail(ErrorKind::kInvalid, text + " is too long for a socket's name");
  }
  std::memcpy(name.sun_path, text.c_str(), text.size());
  ::unlink(text.c_str());
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd || ::bind(fd.get(), reinterpret_cast<sockaddr*>(&name), sizeof(name)) != 0 ||
      ::listen(fd.get(), kBacklog) != 0) {
    return Fail(ErrorKind::kUnavailable, "listening at " + text + ": " + std::strerror(errno));
  }
  return fd;
}

}  // namespace

AccessLogs::AccessLogs(milliseconds every, Sink sink)
    : every_(every),
      sink_(std::move(sink)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this](const std::stop_token& stop) { Gather(stop); }) {}

AccessLogs::~AccessLogs() {
  thread_.request_stop();
  ::eventfd_write(wake_.get(), 1);
  thread_.join();
  const std::lock_guard lock(mutex_);
  for (auto& [process, log] : logs_) {
    Receive(log);
    HandOver(log);
  }
}

Result<std::string> AccessLogs::Ensure(const std::string& process,
                                       const lab::LoadBalancerNodeSpec& spec,
                                       const std::filesystem::path& socket) {
  const std::lock_guard lock(mutex_);
  auto& log = logs_[process];
  log.node = NodeOf(spec);
  if (spec.access_log) {
    log.bucket = spec.access_log->bucket;
    log.prefix = spec.access_log->prefix;
  }
  if (!log.socket) {
    SCV_ASSIGN(log.socket, Listen(socket));
    log.since = Clock::now();
    ::eventfd_write(wake_.get(), 1);
  }
  return socket.string();
}

void AccessLogs::Remove(const std::string& process) {
  const std::lock_guard lock(mutex_);
  const auto found = logs_.find(process);
  if (found == logs_.end()) return;
  Receive(found->second);
  HandOver(found->second);
  logs_.erase(found);
}

void AccessLogs::Receive(Log& log) {
  while (log.connections.size() < kConnectionsMax) {
    UniqueFd fd(::accept4(log.socket.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd) break;
    log.connections.push_back({.socket = std::move(fd), .frames = {}});
  }
  std::erase_if(log.connections, [&](Connection& connection) { return !Read(log, connection); });
}

bool AccessLogs::Read(Log& log, Connection& connection) {
  std::array<char, kReadSize> buffer;
  for (;;) {
    const ssize_t count = ::recv(connection.socket.get(), buffer.data(), buffer.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN;
    if (count == 0) return false;
    connection.frames.Add({buffer.data(), static_cast<std::size_t>(count)});
    while (const auto frame = connection.frames.Next()) {
      const auto line = AccessLogLine(*frame, log.node, WallClockMillis());
      if (line) log.text += *line + "\n";
      if (log.text.size() >= kTextMax) HandOver(log);
    }
    if (connection.frames.broken()) {
      spdlog::warn("the access log of {} is not what HAProxy writes; it connects anew",
                   log.node.load_balancer);
      return false;
    }
  }
}

void AccessLogs::HandOver(Log& log) {
  log.since = Clock::now();
  if (log.text.empty()) return;
  auto packed = Gzip(log.text);
  log.text.clear();
  if (packed.empty() || !sink_) {
    spdlog::warn("access log of {} dropped: it could not be packed", log.node.load_balancer);
    return;
  }
  sink_(log.bucket, AccessLogKey(log.node, log.prefix, WallClockMillis(), RandomWord()),
        std::move(packed));
}

void AccessLogs::Gather(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Pause(std::min(every_, kBetweenLooks), {});
    std::vector<int> sources;
    {
      const std::lock_guard lock(mutex_);
      for (auto& [process, log] : logs_) {
        Receive(log);
        if (Clock::now() - log.since >= every_) HandOver(log);
        sources.push_back(log.socket.get());
        for (const auto& connection : log.connections) sources.push_back(connection.socket.get());
      }
    }
    Pause(std::min<milliseconds>(every_, milliseconds(1000)), sources);
  }
}

void AccessLogs::Pause(milliseconds at_most, const std::vector<int>& sources) {
  std::vector<pollfd> wanted{{.fd = wake_.get(), .events = POLLIN, .revents = 0}};
  for (const int fd : sources) wanted.push_back({.fd = fd, .events = POLLIN, .revents = 0});
  ::poll(wanted.data(), wanted.size(), static_cast<int>(at_most.count()));
  eventfd_t ignored = 0;
  ::eventfd_read(wake_.get(), &ignored);
}

}  // namespace scv::world
