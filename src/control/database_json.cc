#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "aws/resource.h"
#include "control/database.h"

namespace scv::control {
namespace {

namespace json = boost::json;

json::array ToArray(const std::set<std::string>& names) {
  json::array array;
  for (const auto& name : names) array.emplace_back(name);
  return array;
}

std::set<std::string> ReadSet(const json::object& object, std::string_view name) {
  const auto strings = aws::Strings(object, name);
  return {strings.begin(), strings.end()};
}

Result<DatabaseStep> ReadStep(const json::object& object) {
  for (const auto step :
       {DatabaseStep::kSteady, DatabaseStep::kRestarting, DatabaseStep::kPromoting,
        DatabaseStep::kDraining, DatabaseStep::kSwitching}) {
    if (aws::String(object, "step") == Name(step)) return step;
  }
  return Fail(ErrorKind::kInvalid, "database memory: the step is unknown");
}

json::object MapOf(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_object() ? value->get_object() : json::object();
}

Result<void> ReadMaps(const json::object& object, DatabaseMemory& memory) {
  for (const auto& [site, node] : MapOf(object, "leads")) {
    if (!node.is_string()) return Fail(ErrorKind::kInvalid, "database memory: leads is malformed");
    memory.leads[site] = node.get_string();
  }
  const auto clones = MapOf(object, "clones");
  for (const auto& [node, count] : clones) {
    memory.clones[node] = static_cast<std::uint64_t>(aws::Integer(clones, node));
  }
  return {};
}

}  // namespace

std::string ToJson(const DatabaseMemory& memory) {
  json::object leads, clones;
  for (const auto& [site, node] : memory.leads) leads[site] = node;
  for (const auto& [node, count] : memory.clones) clones[node] = static_cast<std::int64_t>(count);
  return json::serialize(json::object{{"term", static_cast<std::int64_t>(memory.term)},
                                      {"writer", memory.writer},
                                      {"leads", leads},
                                      {"waiting", memory.waiting},
                                      {"synchronised", memory.synchronised},
                                      {"promoting_site", memory.promoting_site},
                                      {"promoting_node", memory.promoting_node},
                                      {"fenced", ToArray(memory.fenced)},
                                      {"must_discard", ToArray(memory.must_discard)},
                                      {"joined", ToArray(memory.joined)},
                                      {"clones", clones},
                                      {"switch_to", memory.switch_to},
                                      {"switch_forced", memory.switch_forced},
                                      {"step", Name(memory.step)},
                                      {"since", memory.since},
                                      {"reason", memory.reason}});
}

Result<DatabaseMemory> ParseDatabaseMemory(std::string_view text) {
  boost::system::error_code error;
  const auto value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object()) {
    return Fail(ErrorKind::kInvalid, "database memory: not a JSON object");
  }
  const auto& object = value.get_object();
  DatabaseMemory memory;
  memory.term = static_cast<std::uint64_t>(aws::Integer(object, "term"));
  memory.writer = aws::String(object, "writer");
  memory.waiting = aws::Boolean(object, "waiting");
  memory.synchronised = aws::Boolean(object, "synchronised");
  memory.promoting_site = aws::String(object, "promoting_site");
  memory.promoting_node = aws::String(object, "promoting_node");
  memory.fenced = ReadSet(object, "fenced");
  memory.must_discard = ReadSet(object, "must_discard");
  memory.joined = ReadSet(object, "joined");
  memory.switch_to = aws::String(object, "switch_to");
  memory.switch_forced = aws::Boolean(object, "switch_forced");
  SCV_ASSIGN(memory.step, ReadStep(object));
  memory.since = aws::Integer(object, "since");
  memory.reason = aws::String(object, "reason");
  SCV_TRY(ReadMaps(object, memory));
  return memory;
}

}  // namespace scv::control
