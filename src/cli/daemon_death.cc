#include "cli/daemon_death.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

namespace scv::cli {
namespace {

constexpr std::uintmax_t kBytesMax = 64 * 1024;
constexpr int kDeathsThatTell = 2;  // once may be a moment's fault
constexpr int kSignalled = 128;     // exit codes from here on are signals
constexpr std::string_view kEnded = "the daemon ended with ";

std::filesystem::path InitLog(const LabFiles& files) { return files.state / "lab-init.log"; }
std::filesystem::path DaemonLog(const LabFiles& files) { return files.state / "scvd.log"; }

std::uintmax_t SizeOf(const std::filesystem::path& file) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);
  return failed ? 0 : size;
}

// What a log has after `from`; all of its end when it became shorter, which a bounded log does.
std::string Since(const std::filesystem::path& file, std::uintmax_t from) {
  const auto size = SizeOf(file);
  if (from > size) from = 0;
  from = std::max(from, size - std::min(size, kBytesMax));
  std::ifstream in(file);
  in.seekg(static_cast<std::streamoff>(from));
  return {std::istreambuf_iterator<char>(in), {}};
}

int DeathsAtTheEnd(std::string_view log) {
  int deaths = 0;
  while (!log.empty()) {
    const auto end = log.find('\n');
    const auto line = log.substr(0, end);
    log = end == log.npos ? "" : log.substr(end + 1);
    const auto at = line.find(kEnded);
    if (at == line.npos) {
      deaths = 0;
      continue;
    }
    const auto number = line.substr(at + kEnded.size());
    int code = 0;
    std::from_chars(number.data(), number.data() + number.size(), code);
    deaths = code > 0 && code < kSignalled ? deaths + 1 : 0;
  }
  return deaths;
}

// The text of the last line of level error.
std::string LastError(std::string_view log) {
  constexpr std::string_view kLevel = "\"level\":\"error\",\"text\":\"";
  const auto at = log.rfind(kLevel);
  if (at == log.npos) return {};
  auto text = log.substr(at + kLevel.size());
  text = text.substr(0, text.find('\n'));
  if (text.ends_with("\"}")) text.remove_suffix(2);
  return std::string(text);
}

}  // namespace

LogMark MarkLogs(const LabFiles& files) {
  return {.init = SizeOf(InitLog(files)), .daemon = SizeOf(DaemonLog(files))};
}

std::optional<std::string> DaemonsLastWords(const LabFiles& files, const LogMark& since) {
  if (DeathsAtTheEnd(Since(InitLog(files), since.init)) < kDeathsThatTell) return std::nullopt;
  auto words = LastError(Since(DaemonLog(files), since.daemon));
  if (words.empty()) words = "it said nothing; see " + DaemonLog(files).string();
  return words;
}

}  // namespace scv::cli
