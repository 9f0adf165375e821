#include "world/linux/access_log_line.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <vector>

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

// AWS writes what could end a field as \xNN.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\' || byte < 0x20 || byte > 0x7e) {
      quoted += fmt::format("\\x{:02x}", byte);
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string Seconds(std::int64_t ms) {
  return ms < 0 ? "-1" : fmt::format("{}.{:03}", ms / 1000, ms % 1000);
}

// "2026-11-22T06:00:00.123456Z"
std::string Micros(std::int64_t micros) {
  std::string text = FormatRfc3339(micros / 1000);
  text.pop_back();
  return text + fmt::format("{:03}Z", micros % 1000);
}

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

}  // namespace

std::optional<std::string> AccessLogLine(std::string_view from_haproxy, const AccessLogNode& node,
                                         Millis now) {
  std::vector<std::string_view> fields;
  while (!from_haproxy.empty() && from_haproxy.back() == '\n') from_haproxy.remove_suffix(1);
  for (;;) {
    const auto end = from_haproxy.find('\t');
    fields.push_back(from_haproxy.substr(0, end));
    if (end == std::string_view::npos) break;
    from_haproxy.remove_prefix(end + 1);
  }
  if (fields.size() != kFields) return std::nullopt;
  const auto at = [&](HaproxyLogField field) { return fields[static_cast<std::size_t>(field)]; };
  const auto times = ParseTimes(at(HaproxyLogField::kTimes));
  const bool reached = !at(HaproxyLogField::kServer).starts_with('<') && times.connect >= 0;
  const bool answered = reached && times.answer >= 0;
  const auto group = at(HaproxyLogField::kBackend);
  const auto arn = group.starts_with("group-") ? node.group_arns.find(std::string(group.substr(6)))
                                               : node.group_arns.end();
  const std::string target = reached ? std::string(at(HaproxyLogField::kTarget)) : "-";
  const auto status = at(HaproxyLogField::kStatus);
  const std::int64_t begun = Number(at(HaproxyLogField::kTime), now * 1000);
  const bool tls = at(HaproxyLogField::kType) != "http";
  const auto redirect = at(HaproxyLogField::kRedirect);
  return fmt::format(
      "{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} \"-\" "
      "\"-\" TID_{}",
      at(HaproxyLogField::kType), Micros(now * 1000), node.load_balancer,
      at(HaproxyLogField::kClient), target,
      reached ? Seconds(std::max<std::int64_t>(times.wait, 0)) : "-1",
      answered ? Seconds(times.answer) : "-1",
      answered ? Seconds(std::max<std::int64_t>(times.data, 0)) : "-1", status,
      answered ? status : "-", at(HaproxyLogField::kReceived), at(HaproxyLogField::kSent),
      Quoted(fmt::format("{} {} {}", at(HaproxyLogField::kMethod), at(HaproxyLogField::kUrl),
                         at(HaproxyLogField::kVersion))),
      Quoted(at(HaproxyLogField::kUserAgent)), at(HaproxyLogField::kCipher),
      at(HaproxyLogField::kProtocol), arn == node.group_arns.end() ? "-" : arn->second,
      Quoted(at(HaproxyLogField::kTrace)), Quoted(at(HaproxyLogField::kServerName)),
      Quoted(tls ? node.certificate : "-"), at(HaproxyLogField::kPriority), Micros(begun),
      Quoted(at(HaproxyLogField::kAction)), Quoted(redirect), Quoted("-"), Quoted(target),
      Quoted(answered ? status : "-"), Quoted("-"),
      fmt::format("{:016x}{:016x}", begun, Number(at(HaproxyLogField::kSent), 0)));
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
