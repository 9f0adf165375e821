#include "daemon/api_faults.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>

#include "aws/resource.h"

namespace scv::daemon {
namespace {

namespace json = boost::json;
using lab::Fault;

struct KindWord {
  Fault::Kind kind;
  std::string_view word;
  bool part, zone, region;  // what it needs to know
};
constexpr std::array kKinds{
    KindWord{Fault::Kind::kKill, "kill", true, false, false},
    KindWord{Fault::Kind::kPause, "pause", true, false, false},
    KindWord{Fault::Kind::kZonePower, "zone-power", false, true, true},
    KindWord{Fault::Kind::kZonePartition, "zone-partition", false, true, true},
    KindWord{Fault::Kind::kRegionPower, "region-power", false, false, true},
    KindWord{Fault::Kind::kRegionPartition, "region-partition", false, false, true},
    KindWord{Fault::Kind::kIsolate, "isolate", true, false, false},
    KindWord{Fault::Kind::kWideArea, "wide-area", false, false, false},
    KindWord{Fault::Kind::kDiskFull, "disk-full", true, false, false},
};

constexpr std::int64_t kDelayMost = 10'000;

const KindWord& WordOf(Fault::Kind kind) {
  return *std::ranges::find(kKinds, kind, &KindWord::kind);
}

Result<json::object> BodyOf(const ApiRequest& request) {
  boost::system::error_code code;
  const auto body = json::parse(request.body, code);
  if (code || !body.is_object()) {
    return Fail(ErrorKind::kInvalid, "the body must be a JSON object");
  }
  return body.get_object();
}

Result<std::int64_t> NumberOf(const json::object& object, std::string_view name,
                              std::int64_t most) {
  const auto* value = object.if_contains(name);
  if (value == nullptr) return 0;
  boost::system::error_code code;
  const auto number = value->to_number<std::int64_t>(code);
  if (code || number < 0 || number > most) {
    return Fail(ErrorKind::kInvalid,
                std::string(name) + " must be a number from 0 to " + std::to_string(most));
  }
  return number;
}

ApiResponse List(const ApiParts& parts) {
  json::array faults;
  for (const auto& fault : parts.operations.Faults()) faults.push_back(ToJson(fault));
  return JsonResponse({{"faults", std::move(faults)}});
}

ApiResponse Inject(const ApiParts& parts, const ApiRequest& request) {
  const auto body = BodyOf(request);
  if (!body) return Problem(body.error());
  auto fault = ParseFault(*body);
  if (!fault) return Problem(fault.error());
  // Before it happens, so that what it causes comes after it in the log.
  parts.events.Add(WallClockMillis(), "fault",
                   fault->part.empty() ? fault->region + fault->zone : fault->part,
                   std::string(WordOf(fault->kind).word) + " injected");
  const auto injected = parts.operations.Inject(*std::move(fault));
  if (!injected) return Problem(injected.error());
  auto response = JsonResponse(ToJson(*injected));
  response.status = 201;
  return response;
}

ApiResponse Heal(const ApiParts& parts, const std::string& id) {
  const auto healed = parts.operations.Heal(id);
  if (!healed) return Problem(healed.error());
  parts.events.Add(WallClockMillis(), "fault", id.empty() ? "all" : id, "healed");
  parts.loop.TryAgain();
  return JsonResponse({{"healed", id.empty() ? "all" : id}});
}

ApiResponse Failover(const ApiParts& parts, const ApiRequest& request) {
  const auto body = BodyOf(request);
  if (!body) return Problem(body.error());
  const auto to = RegionCode(aws::String(*body, "to"));
  const auto ordered = parts.loop.OrderFailover(to, aws::Boolean(*body, "force"));
  if (!ordered) return Problem(ordered.error());
  auto response = JsonResponse({{"to", to.empty() ? "the first region" : to}});
  response.status = 202;
  return response;
}

}  // namespace

std::string RegionCode(const std::string& name) {
  if (name == "seoul") return "ap-northeast-2";
  if (name == "tokyo") return "ap-northeast-1";
  return name;
}

json::object ToJson(const Fault& fault) {
  return {{"id", fault.id},
          {"kind", WordOf(fault.kind).word},
          {"region", fault.region},
          {"zone", fault.zone},
          {"part", fault.part},
          {"delay_ms", fault.delay},
          {"loss_percent", fault.loss_percent},
          {"since", fault.since}};
}

Result<Fault> ParseFault(const json::object& object) {
  const auto word = aws::String(object, "kind");
  const auto kind = std::ranges::find(kKinds, word, &KindWord::word);
  if (kind == kKinds.end()) {
    std::string known;
    for (const auto& each : kKinds) known += (known.empty() ? "" : ", ") + std::string(each.word);
    return Fail(ErrorKind::kInvalid, "kind '" + word + "' is none of " + known);
  }
  Fault fault;
  fault.kind = kind->kind;
  fault.region = RegionCode(aws::String(object, "region"));
  fault.zone = aws::String(object, "zone");
  fault.part = aws::String(object, "part");
  const auto missing = [&](std::string_view name) {
    return Fail(ErrorKind::kInvalid,
                "a fault of the kind " + word + " needs \"" + std::string(name) + "\"");
  };
  if (kind->part && fault.part.empty()) return missing("part");
  if (kind->zone && fault.zone.empty()) return missing("zone");
  if (kind->region && fault.region.empty()) return missing("region");
  SCV_ASSIGN(fault.delay, NumberOf(object, "delay_ms", kDelayMost));
  SCV_ASSIGN(const auto loss, NumberOf(object, "loss_percent", 100));
  fault.loss_percent = static_cast<int>(loss);
  return fault;
}

std::optional<ApiResponse> RouteFaults(const ApiParts& parts, const ApiRequest& request) {
  constexpr std::string_view kFaults = "/v1/faults";
  if (request.method == "POST" && request.path == "/v1/failover") return Failover(parts, request);
  if (!request.path.starts_with(kFaults)) return std::nullopt;
  const auto rest = request.path.substr(kFaults.size());
  if (!rest.empty() && (rest.front() != '/' || rest.size() > 32)) return std::nullopt;
  if (request.method == "GET" && rest.empty()) return List(parts);
  if (request.method == "POST" && rest.empty()) return Inject(parts, request);
  if (request.method == "DELETE") return Heal(parts, rest.empty() ? "" : rest.substr(1));
  return std::nullopt;
}

}  // namespace scv::daemon
