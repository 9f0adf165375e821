#include "world/linux/fd_store_client.h"

#include <array>
#include <charconv>
#include <chrono>
#include <sstream>
#include <utility>

namespace scv::world {
namespace {

constexpr std::chrono::seconds kAnswerWithin{2};

constexpr std::array kKinds = {ErrorKind::kInvalid,  ErrorKind::kDenied,      ErrorKind::kNotFound,
                               ErrorKind::kConflict, ErrorKind::kUnavailable, ErrorKind::kReadOnly,
                               ErrorKind::kTimeout,  ErrorKind::kOverloaded,  ErrorKind::kInternal};

// "error KIND text…"
Error ParseError(std::string_view answer) {
  std::istringstream words{std::string(answer)};
  std::string error, kind, text;
  words >> error >> kind >> std::ws;
  std::getline(words, text);
  for (const ErrorKind known : kKinds) {
    if (kind == Name(known)) return {known, "the lab's init: " + text};
  }
  return {ErrorKind::kInternal, "the lab's init gave an answer that is none"};
}

Result<Packet> Checked(Result<Packet> answer) {
  if (!answer || answer->text == "ok" || answer->text.starts_with("ok ")) return answer;
  return std::unexpected(ParseError(answer->text));
}

template <typename T>
bool Read(std::string_view& text, T& value) {
  if (!text.starts_with(' ')) return false;
  text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc();
}

Result<void> CheckName(std::string_view name) {
  if (IsFdName(name)) return {};
  return Fail(ErrorKind::kInvalid, "not a name for a file descriptor");
}

}  // namespace

std::optional<ExitReport> ParseExitReport(std::string_view packet) {
  if (!packet.starts_with("exit ")) return std::nullopt;
  packet.remove_prefix(4);
  ExitReport report;
  if (!Read(packet, report.pid) || !Read(packet, report.start_ticks) ||
      !Read(packet, report.exit_code)) {
    return std::nullopt;
  }
  return report;
}

Result<Packet> FdStoreClient::AskOnce(std::string_view request, std::span<const int> descriptors) {
  if (!connection_) {
    SCV_ASSIGN(connection_, ConnectPackets(state_, kInitSocketName));
  }
  auto sent = SendPacket(connection_.get(), request, descriptors);
  if (!sent) {
    connection_ = UniqueFd();
    return std::unexpected(std::move(sent).error());
  }
  auto answer = ReceivePacket(connection_.get(), std::chrono::steady_clock::now() + kAnswerWithin);
  // An answer that comes too late must not be taken for that to the next request.
  if (!answer) connection_ = UniqueFd();
  return answer;
}

Result<Packet> FdStoreClient::Ask(std::string_view request, std::span<const int> descriptors) {
  const std::scoped_lock lock(mutex_);
  auto answer = AskOnce(request, descriptors);
  if (!answer && answer.error().kind == ErrorKind::kUnavailable) {
    answer = AskOnce(request, descriptors);
  }
  return Checked(std::move(answer));
}

Result<void> FdStoreClient::Put(std::string_view name, int fd) {
  SCV_TRY(CheckName(name));
  const std::array descriptors{fd};
  SCV_TRY(Ask("put " + std::string(name), descriptors));
  return {};
}

Result<UniqueFd> FdStoreClient::Get(std::string_view name) {
  SCV_TRY(CheckName(name));
  SCV_ASSIGN(Packet answer, Ask("get " + std::string(name)));
  if (answer.descriptors.size() != 1) {
    return Fail(ErrorKind::kInternal, "the lab's init answered without the file descriptor");
  }
  return std::move(answer.descriptors.front());
}

Result<void> FdStoreClient::Remove(std::string_view name) {
  SCV_TRY(CheckName(name));
  SCV_TRY(Ask("remove " + std::string(name)));
  return {};
}

Result<std::vector<std::string>> FdStoreClient::Names() {
  std::vector<std::string> names;
  for (;;) {
    SCV_ASSIGN(const Packet answer, Ask(names.empty() ? "list" : "list " + names.back()));
    std::istringstream words(answer.text);
    std::string word;
    words >> word;
    const auto before = names.size();
    while (words >> word) names.push_back(word);
    if (names.size() == before) return names;
  }
}

Result<UniqueFd> FdStoreClient::WatchExits() {
  SCV_ASSIGN(UniqueFd connection, ConnectPackets(state_, kInitSocketName));
  SCV_TRY(SendPacket(connection.get(), "watch"));
  SCV_TRY(
      Checked(ReceivePacket(connection.get(), std::chrono::steady_clock::now() + kAnswerWithin)));
  return connection;
}

}  // namespace scv::world
