#include "drill/history.h"

#include <array>
#include <boost/json.hpp>
#include <chrono>
#include <optional>

#include "drill/json_read.h"

namespace scv::drill {
namespace {

namespace json = boost::json;

constexpr std::string_view kContentStart = "scv drill";

constexpr std::array<std::string_view, 4> kActions{"create", "update", "get", "list"};
constexpr std::array<std::string_view, 4> kOutcomes{"ok", "refused", "turned away", "unknown"};

template <typename Enum, std::size_t N>
Enum EnumOf(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return static_cast<Enum>(N - 1);
}

json::value ToJson(const Sight& sight) {
  return {{"memo", sight.memo},
          {"version", sight.version},
          {"mark", sight.mark},
          {"lineage", json::array(sight.lineage.begin(), sight.lineage.end())}};
}

json::array ToJson(const std::vector<Sight>& sights) {
  json::array all;
  for (const auto& sight : sights) all.push_back(ToJson(sight));
  return all;
}

std::vector<Sight> SightsOf(const json::object& object, std::string_view name) {
  std::vector<Sight> sights;
  for (const auto* found : Objects(object, name)) {
    sights.push_back({.memo = Text(*found, "memo"),
                      .version = static_cast<std::uint32_t>(Number(*found, "version")),
                      .mark = Text(*found, "mark"),
                      .lineage = Texts(*found, "lineage")});
  }
  return sights;
}

Attempt AttemptOf(const json::object& object) {
  Attempt attempt;
  attempt.client = static_cast<int>(Number(object, "client"));
  attempt.action = EnumOf<Action>(kActions, Text(object, "attempt"));
  attempt.key = Text(object, "key");
  attempt.number = static_cast<int>(Number(object, "number"));
  attempt.last = Flag(object, "last");
  attempt.fresh = Flag(object, "fresh");
  attempt.memo = Text(object, "memo");
  attempt.expected = static_cast<std::uint32_t>(Number(object, "expected"));
  attempt.start = Number(object, "start");
  attempt.end = Number(object, "end");
  attempt.outcome = EnumOf<Outcome>(kOutcomes, Text(object, "outcome"));
  attempt.status = static_cast<unsigned>(Number(object, "status"));
  attempt.replayed = Flag(object, "replayed");
  attempt.global = Flag(object, "global");
  attempt.region = Text(object, "region");
  attempt.instance = Text(object, "instance");
  attempt.address = Text(object, "address");
  attempt.error = Text(object, "error");
  attempt.sights = SightsOf(object, "sights");
  return attempt;
}

FinalState FinalOf(const json::object& object) {
  return {.client = static_cast<int>(Number(object, "final")),
          .read = Flag(object, "read"),
          .error = Text(object, "error"),
          .region = Text(object, "region"),
          .memos = SightsOf(object, "memos")};
}

}  // namespace

Micros NowMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string_view Name(Action action) { return kActions[static_cast<std::size_t>(action)]; }
std::string_view Name(Outcome outcome) { return kOutcomes[static_cast<std::size_t>(outcome)]; }

std::string ToLine(const Attempt& attempt) {
  return json::serialize(json::object{{"attempt", Name(attempt.action)},
                                      {"client", attempt.client},
                                      {"key", attempt.key},
                                      {"number", attempt.number},
                                      {"last", attempt.last},
                                      {"fresh", attempt.fresh},
                                      {"memo", attempt.memo},
                                      {"expected", attempt.expected},
                                      {"start", attempt.start},
                                      {"end", attempt.end},
                                      {"outcome", Name(attempt.outcome)},
                                      {"status", attempt.status},
                                      {"replayed", attempt.replayed},
                                      {"global", attempt.global},
                                      {"region", attempt.region},
                                      {"instance", attempt.instance},
                                      {"address", attempt.address},
                                      {"error", attempt.error},
                                      {"sights", ToJson(attempt.sights)}});
}

std::string ToLine(const FinalState& state) {
  return json::serialize(json::object{{"final", state.client},
                                      {"read", state.read},
                                      {"error", state.error},
                                      {"region", state.region},
                                      {"memos", ToJson(state.memos)}});
}

std::string ReadyLine() { return R"({"ready":true})"; }
std::string DoneLine() { return R"({"done":true})"; }
std::string FailedLine(std::string_view error) {
  return json::serialize(json::object{{"failed", error}});
}

Result<Line> ParseLine(std::string_view text) {
  boost::system::error_code code;
  const auto value = json::parse(text, code);
  if (code || !value.is_object()) {
    return Fail(ErrorKind::kInvalid, "the clients wrote a line that is no JSON object");
  }
  const auto& object = value.get_object();
  Line line;
  if (object.contains("attempt")) {
    line.kind = Line::Kind::kAttempt;
    line.attempt = AttemptOf(object);
  } else if (object.contains("final")) {
    line.kind = Line::Kind::kFinal;
    line.final_state = FinalOf(object);
  } else if (object.contains("ready")) {
    line.kind = Line::Kind::kReady;
  } else if (object.contains("failed")) {
    line.kind = Line::Kind::kFailed;
    line.error = Text(object, "failed");
  } else if (!object.contains("done")) {
    return Fail(ErrorKind::kInvalid, "the clients wrote a line of an unknown kind");
  }
  return line;
}

std::string ContentOf(const std::vector<std::string>& lineage) {
  std::string content(kContentStart);
  for (const auto& key : lineage) content += "\n" + key;
  return content;
}

std::vector<std::string> LineageOf(std::string_view content) {
  std::vector<std::string> lineage;
  if (!content.starts_with(kContentStart)) return lineage;
  content.remove_prefix(kContentStart.size());
  while (content.starts_with('\n')) {
    content.remove_prefix(1);
    const auto end = std::min(content.find('\n'), content.size());
    lineage.emplace_back(content.substr(0, end));
    content.remove_prefix(end);
  }
  return lineage;
}

}  // namespace scv::drill
