#include "world/linux/access_log_line.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <utility>

#include "render/haproxy.h"

namespace scv::world {
namespace {

using render::HaproxyLogField;

constexpr auto kFields = static_cast<std::size_t>(HaproxyLogField::kCount);

std::int64_t Number(std::string_view text, std::int64_t otherwise = -1) {
  std::int64_t number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Every request of the lab comes by here twice: appending to one string costs a third of formatting
// thirty fields.
class Line {
 public:
  Line() { text_.reserve(kUsualLength); }

  Line& Plain(std::string_view text) {
    text_.append(text).push_back(' ');
    return *this;
  }

  // AWS writes what could end a field as \xNN.
  Line& Quoted(std::initializer_list<std::string_view> parts) {
    text_.push_back('"');
    const char* between = "";
    for (const auto part : parts) {
      text_.append(between);
      between = " ";
      Escaped(part);
    }
    text_.append("\" ");
    return *this;
  }
  Line& Quoted(std::string_view text) { return Quoted({text}); }

  Line& Seconds(std::int64_t ms) {
    if (ms < 0) return Plain("-1");
    fmt::format_to(std::back_inserter(text_), FMT_COMPILE("{}.{:03} "), ms / 1000, ms % 1000);
    return *this;
  }

  // "2026-11-22T06:00:00.123456Z"
  Line& Micros(std::int64_t micros) {
    AppendRfc3339(micros / 1000, text_);
    text_.pop_back();
    fmt::format_to(std::back_inserter(text_), FMT_COMPILE("{:03}Z "), micros % 1000);
    return *this;
  }

  // Nothing of AWS's: what tells requests apart here.
  std::string End(std::int64_t begun, std::int64_t sent) {
    fmt::format_to(std::back_inserter(text_), FMT_COMPILE("TID_{:016x}{:016x}"), begun, sent);
    return std::move(text_);
  }

 private:
  static constexpr std::size_t kUsualLength = 768;

  static bool Plainly(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c != '"' && c != '\\' && byte >= 0x20 && byte <= 0x7e;
  }

  // Most parts have nothing to escape, and are copied in one piece.
  void Escaped(std::string_view part) {
    while (!part.empty()) {
      const auto end = std::find_if_not(part.begin(), part.end(), Plainly);
      text_.append(part.begin(), end);
      part.remove_prefix(static_cast<std::size_t>(end - part.begin()));
      if (part.empty()) return;
      fmt::format_to(std::back_inserter(text_), FMT_COMPILE("\\x{:02x}"),
                     static_cast<unsigned char>(part.front()));
      part.remove_prefix(1);
    }
  }

  std::string text_;
};

struct Times {
  std::int64_t wait = -1, connect = -1, answer = -1, data = -1;
};

Times ParseTimes(std::string_view text) {
  std::array<std::int64_t, 4> found{-1, -1, -1, -1};
  for (auto& one : found) {
    const auto end = text.find('/');
    one = Number(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return {.wait = found[0], .connect = found[1], .answer = found[2], .data = found[3]};
}

// Whether there are exactly as many.
bool Split(std::string_view text, std::array<std::string_view, kFields>& fields) {
  for (std::size_t i = 0; i < kFields; ++i) {
    const auto end = text.find('\t');
    if ((end == std::string_view::npos) != (i + 1 == kFields)) return false;
    fields[i] = text.substr(0, end);
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
  }
  return true;
}

}  // namespace

std::optional<std::string> AccessLogLine(std::string_view from_haproxy, const AccessLogNode& node,
                                         Millis now) {
  while (!from_haproxy.empty() && from_haproxy.back() == '\n') from_haproxy.remove_suffix(1);
  std::array<std::string_view, kFields> fields;
  if (!Split(from_haproxy, fields)) return std::nullopt;
  const auto at = [&](HaproxyLogField field) { return fields[static_cast<std::size_t>(field)]; };
  const auto times = ParseTimes(at(HaproxyLogField::kTimes));
  const bool reached = !at(HaproxyLogField::kServer).starts_with('<') && times.connect >= 0;
  const bool answered = reached && times.answer >= 0;
  const auto group = at(HaproxyLogField::kBackend);
  const auto arn =
      group.starts_with("group-") ? node.group_arns.find(group.substr(6)) : node.group_arns.end();
  const auto target = reached ? at(HaproxyLogField::kTarget) : "-";
  const auto target_status = answered ? at(HaproxyLogField::kStatus) : "-";
  const std::int64_t ended = Number(at(HaproxyLogField::kTime), now * 1000);
  const auto active = std::max<std::int64_t>(Number(at(HaproxyLogField::kActive), 0), 0);
  const std::int64_t begun = ended - active * 1000;
  const bool tls = at(HaproxyLogField::kType) != "http";
  const bool h2 = tls && at(HaproxyLogField::kVersion) == "HTTP/2.0";
  const auto some = [](bool is, std::int64_t ms) {
    return is ? std::max<std::int64_t>(ms, 0) : -1;
  };
  Line line;
  line.Plain(h2 ? "h2" : at(HaproxyLogField::kType)).Micros(ended).Plain(node.load_balancer);
  line.Plain(at(HaproxyLogField::kClient)).Plain(target);
  line.Seconds(some(reached, times.wait));
  line.Seconds(answered ? times.answer : -1).Seconds(some(answered, times.data));
  line.Plain(at(HaproxyLogField::kStatus)).Plain(target_status);
  line.Plain(at(HaproxyLogField::kReceived)).Plain(at(HaproxyLogField::kSent));
  line.Quoted(
      {at(HaproxyLogField::kMethod), at(HaproxyLogField::kUrl), at(HaproxyLogField::kVersion)});
  line.Quoted(at(HaproxyLogField::kUserAgent));
  line.Plain(at(HaproxyLogField::kCipher)).Plain(at(HaproxyLogField::kProtocol));
  line.Plain(arn == node.group_arns.end() ? "-" : std::string_view(arn->second));
  line.Quoted(at(HaproxyLogField::kTrace)).Quoted(at(HaproxyLogField::kServerName));
  line.Quoted(tls ? std::string_view(node.certificate) : "-");
  line.Plain(at(HaproxyLogField::kPriority)).Micros(begun);
  line.Quoted(at(HaproxyLogField::kAction)).Quoted(at(HaproxyLogField::kRedirect)).Quoted("-");
  line.Quoted(target).Quoted(target_status).Quoted("-").Quoted("-").Quoted("-");
  return line.End(begun, Number(at(HaproxyLogField::kSent), 0));
}

std::string AccessLogKey(const AccessLogNode& node, std::string_view prefix, Millis end,
                         std::string_view random) {
  const std::string time = FormatRfc3339(end);
  std::string id = node.load_balancer;
  for (char& c : id) c = c == '/' ? '.' : c;
  return fmt::format(
      "{}{}AWSLogs/{}/elasticloadbalancing/{}/{}/{}/{}/{}_elasticloadbalancing_{}_{}_"
      "{}{}{}T{}{}Z_{}_{}.log.gz",
      prefix, prefix.empty() ? "" : "/", node.account, node.region, time.substr(0, 4),
      time.substr(5, 2), time.substr(8, 2), node.account, node.region, id, time.substr(0, 4),
      time.substr(5, 2), time.substr(8, 2), time.substr(11, 2), time.substr(14, 2), node.address,
      random);
}

}  // namespace scv::world
