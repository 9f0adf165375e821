#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "aws/resource.h"
#include "control/group_memory.h"

namespace scv::control {
namespace {

namespace json = boost::json;

json::object RefreshToJson(const RefreshState& refresh) {
  return {{"number", refresh.number},
          {"status", Name(refresh.status)},
          {"version", refresh.version},
          {"previous_version", refresh.previous_version},
          {"started_at", refresh.started_at},
          {"ended_at", refresh.ended_at},
          {"progress_at", refresh.progress_at},
          {"percentage", refresh.percentage},
          {"checkpoints_passed", refresh.checkpoints_passed},
          {"checkpoint_until", refresh.checkpoint_until},
          {"failed_launches", refresh.failed_launches},
          {"reason", refresh.reason}};
}

int Int(const json::object& object, std::string_view name) {
  return static_cast<int>(aws::Integer(object, name));
}

std::optional<RefreshStatus> ParseRefreshStatus(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(RefreshStatus::kRollbackFailed); ++i) {
    if (name == Name(static_cast<RefreshStatus>(i))) return static_cast<RefreshStatus>(i);
  }
  return std::nullopt;
}

Result<RefreshState> ParseRefresh(const json::object& object) {
  const auto status = ParseRefreshStatus(aws::String(object, "status"));
  if (!status) return Fail(ErrorKind::kInvalid, "group memory: refresh.status is unknown");
  return RefreshState{.number = Int(object, "number"),
                      .status = *status,
                      .version = Int(object, "version"),
                      .previous_version = Int(object, "previous_version"),
                      .started_at = aws::Integer(object, "started_at"),
                      .ended_at = aws::Integer(object, "ended_at"),
                      .progress_at = aws::Integer(object, "progress_at"),
                      .percentage = Int(object, "percentage"),
                      .checkpoints_passed = Int(object, "checkpoints_passed"),
                      .checkpoint_until = aws::Integer(object, "checkpoint_until"),
                      .failed_launches = Int(object, "failed_launches"),
                      .reason = aws::String(object, "reason")};
}

json::object ZonesToJson(const std::map<std::string, ZoneTrouble>& zones) {
  json::object object;
  for (const auto& [zone, trouble] : zones) {
    object[zone] = json::object{{"failures", trouble.failures},
                                {"last_at", trouble.last_at},
                                {"until", trouble.until},
                                {"why", trouble.why}};
  }
  return object;
}

json::array ActivitiesToJson(const std::deque<Activity>& activities) {
  json::array array;
  for (const auto& activity : activities) {
    array.push_back(json::object{
        {"at", activity.at}, {"description", activity.description}, {"cause", activity.cause}});
  }
  return array;
}

Result<void> ReadMaps(const json::object& object, GroupMemory& memory) {
  if (const auto* alarms = aws::Block(object, "alarms")) {
    for (const auto& [name, value] : *alarms) {
      const auto state = value.is_string() ? ParseAlarmState(value.get_string()) : std::nullopt;
      if (!state) return Fail(ErrorKind::kInvalid, "group memory: an alarm's state is unknown");
      memory.alarms[name] = *state;
    }
  }
  if (const auto* zones = aws::Block(object, "zones")) {
    for (const auto& [name, value] : *zones) {
      if (!value.is_object()) return Fail(ErrorKind::kInvalid, "group memory: zones is malformed");
      const auto& zone = value.get_object();
      memory.zones[name] = {.failures = Int(zone, "failures"),
                            .last_at = aws::Integer(zone, "last_at"),
                            .until = aws::Integer(zone, "until"),
                            .why = aws::String(zone, "why")};
    }
  }
  for (const auto* activity : aws::Blocks(object, "activities")) {
    memory.activities.push_back({.at = aws::Integer(*activity, "at"),
                                 .description = aws::String(*activity, "description"),
                                 .cause = aws::String(*activity, "cause")});
    if (memory.activities.size() > GroupMemory::kActivities) memory.activities.pop_front();
  }
  return {};
}

Result<GroupMemory> ReadMemory(const json::object& object) {
  GroupMemory memory;
  memory.created = aws::Boolean(object, "created");
  memory.capacity = Int(object, "capacity");
  if (const auto* configured = object.if_contains("configured_capacity");
      configured != nullptr && configured->is_number()) {
    memory.configured_capacity = Int(object, "configured_capacity");
  }
  memory.configured_min = Int(object, "configured_min");
  memory.configured_max = Int(object, "configured_max");
  memory.configured_template = aws::String(object, "configured_template");
  memory.configured_triggers = aws::String(object, "configured_triggers");
  memory.version = Int(object, "version");
  memory.rolled_back = aws::Boolean(object, "rolled_back");
  memory.capacity_lowered_at = aws::Integer(object, "capacity_lowered_at");
  memory.cooldown = aws::Integer(object, "cooldown");
  memory.cooldown_until = aws::Integer(object, "cooldown_until");
  memory.scaled_at = aws::Integer(object, "scaled_at");
  memory.rebalance_after = aws::Integer(object, "rebalance_after");
  if (const auto* refresh = aws::Block(object, "refresh")) {
    SCV_ASSIGN(memory.refresh, ParseRefresh(*refresh));
  }
  SCV_TRY(ReadMaps(object, memory));
  return memory;
}

}  // namespace

std::string ToJson(const GroupMemory& memory) {
  json::object alarms;
  for (const auto& [name, state] : memory.alarms) alarms[name] = Name(state);
  const json::object object{
      {"created", memory.created},
      {"capacity", memory.capacity},
      {"configured_capacity",
       memory.configured_capacity ? json::value(*memory.configured_capacity) : json::value()},
      {"configured_min", memory.configured_min},
      {"configured_max", memory.configured_max},
      {"configured_template", memory.configured_template},
      {"configured_triggers", memory.configured_triggers},
      {"version", memory.version},
      {"rolled_back", memory.rolled_back},
      {"capacity_lowered_at", memory.capacity_lowered_at},
      {"cooldown", memory.cooldown},
      {"cooldown_until", memory.cooldown_until},
      {"scaled_at", memory.scaled_at},
      {"rebalance_after", memory.rebalance_after},
      {"alarms", alarms},
      {"zones", ZonesToJson(memory.zones)},
      {"refresh", RefreshToJson(memory.refresh)},
      {"activities", ActivitiesToJson(memory.activities)}};
  return json::serialize(object);
}

Result<GroupMemory> ParseGroupMemory(std::string_view text) {
  boost::system::error_code error;
  const auto value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object()) {
    return Fail(ErrorKind::kInvalid, "group memory: not a JSON object");
  }
  return ReadMemory(value.get_object());
}

}  // namespace scv::control
