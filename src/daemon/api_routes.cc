#include "daemon/api_routes.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <memory>

#include "base/disk_space.h"
#include "daemon/api_faults.h"
#include "daemon/log_follower.h"
#include "daemon/metrics_text.h"
#include "daemon/openapi.h"
#include "daemon/status_json.h"

namespace scv::daemon {
namespace {

namespace json = boost::json;

constexpr std::size_t kEventsAtOnce = 500;
constexpr std::chrono::milliseconds kEventPatience{1000};
constexpr std::streamoff kLogBytesMax = 256 << 10;
// With less room for the state, people are told.
constexpr std::uint64_t kRoomWanted = 16 << 20;

std::string Parameter(const ApiRequest& request, const std::string& name,
                      std::string otherwise = {}) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::move(otherwise) : found->second;
}

Result<std::uint64_t> NumberParameter(const ApiRequest& request, const std::string& name,
                                      std::uint64_t otherwise) {
  const std::string text = Parameter(request, name);
  if (text.empty()) return otherwise;
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) {
    return Fail(ErrorKind::kInvalid, "the parameter " + name + " is not a whole number");
  }
  return value;
}

ApiResponse Status(const ApiParts& parts) {
  const auto progress = parts.account.AllProgress();
  json::object status;
  parts.loop.Look([&](const ControlLoop::View& view) {
    status = StatusJson(view, progress);
    status["up_ms"] = view.now - parts.started_at;
  });
  status["version"] = SCV_VERSION;
  status["pace"] = parts.pace;
  json::array warnings;
  if (const auto shortage = DiskShortage(parts.state, kRoomWanted); !shortage.empty()) {
    warnings.emplace_back(shortage + "; the lab then goes on by itself");
  }
  status["warnings"] = std::move(warnings);
  return JsonResponse(status);
}

ApiResponse Plan(const ApiParts& parts) {
  const auto progress = parts.account.AllProgress();
  json::object plan;
  parts.loop.Look([&](const ControlLoop::View& view) { plan = PlanJson(view, progress); });
  return JsonResponse(plan);
}

ApiResponse Resources(const ApiParts& parts, const ApiRequest& request) {
  const std::string type = Parameter(request, "type");
  json::array found;
  for (const auto& [key, resource] : parts.account.State()->all()) {
    if (!type.empty() && key.type != type) continue;
    found.push_back({{"region", key.region},
                     {"type", key.type},
                     {"id", key.id},
                     {"attributes", resource->attributes}});
  }
  return JsonResponse({{"resources", std::move(found)}});
}

ApiResponse Events(const ApiParts& parts, const ApiRequest& request) {
  const auto count = NumberParameter(request, "count", 100);
  if (!count) return Problem(count.error());
  const bool follow = Parameter(request, "follow") == "1";
  const std::uint64_t last = parts.events.last();
  auto number = std::make_shared<std::uint64_t>(last > *count ? last - *count : 0);
  ApiResponse response;
  response.content_type = "application/x-ndjson";
  response.stream = [&events = parts.events, number, follow, last]() -> std::optional<std::string> {
    if (!follow && *number >= last) return std::nullopt;
    std::string lines;
    const auto patience = follow ? kEventPatience : std::chrono::milliseconds(0);
    for (const auto& event : events.After(*number, kEventsAtOnce, patience)) {
      lines += json::serialize(ToJson(event)) + "\n";
      *number = event.number;
    }
    if (lines.empty() && !follow) return std::nullopt;
    return lines;
  };
  return response;
}

ApiResponse Logs(const ApiParts& parts, const ApiRequest& request) {
  const auto file = parts.operations.LogOf(Parameter(request, "part"));
  if (!file) return Problem(file.error());
  const auto follower =
      std::make_shared<LogFollower>(*file, kLogBytesMax, Parameter(request, "follow") == "1");
  ApiResponse response;
  response.content_type = "text/plain; charset=utf-8";
  response.stream = [follower] { return follower->Next(); };
  return response;
}

ApiResponse Dns(const ApiParts& parts, const ApiRequest& request) {
  const auto values = parts.operations.Query(
      Parameter(request, "name"), Parameter(request, "type", "A"), Parameter(request, "from"));
  if (!values) {
    Error error = values.error();
    // What is not found may also be the VPC.
    const bool name = error.message.ends_with(" " + Parameter(request, "name"));
    if (error.kind == ErrorKind::kNotFound && name) error.message += " (NXDOMAIN)";
    return Problem(error);
  }
  return JsonResponse({{"name", Parameter(request, "name")},
                       {"type", Parameter(request, "type", "A")},
                       {"values", json::array(values->begin(), values->end())}});
}

ApiResponse FindProcess(const ApiParts& parts, const ApiRequest& request) {
  const auto process = parts.operations.FindProcess(Parameter(request, "part"));
  if (!process) return Problem(process.error());
  return JsonResponse({{"pid", process->pid}, {"instance", process->instance}});
}

ApiResponse Kill(const ApiParts& parts, const ApiRequest& request) {
  boost::system::error_code code;
  const auto body = json::parse(request.body, code);
  if (code || !body.is_object()) {
    return Problem({ErrorKind::kInvalid, "the body must be a JSON object with \"part\""});
  }
  const std::string part = aws::String(body.get_object(), "part");
  if (const auto killed = parts.operations.Kill(part); !killed) return Problem(killed.error());
  parts.events.Add(WallClockMillis(), "operator", part, "killed on request");
  return JsonResponse({{"killed", part}});
}

ApiResponse StartGraph(const ApiParts& parts, const ApiRequest& request, GraphAction action) {
  boost::system::error_code code;
  const auto body = json::parse(request.body, code);
  std::filesystem::path file;
  std::filesystem::path artifacts;
  if (!code && body.is_object()) {
    file = aws::String(body.get_object(), "file");
    artifacts = aws::String(body.get_object(), "artifacts");
  }
  if (!file.is_absolute() || !artifacts.is_absolute()) {
    return Problem({ErrorKind::kInvalid,
                    "the body must be a JSON object with the absolute paths \"file\" and "
                    "\"artifacts\""});
  }
  return parts.graphs.Start(action, file, artifacts);
}

ApiResponse Root(const ApiParts& parts) {
  ApiResponse response;
  response.content_type = "application/x-pem-file";
  response.body = parts.operations.RootPem();
  return response;
}

ApiResponse Metrics(const ApiParts& parts) {
  ApiResponse response;
  response.content_type = "text/plain; version=0.0.4";
  parts.loop.Look([&](const ControlLoop::View& view) { response.body = MetricsText(view); });
  return response;
}

ApiResponse Document() {
  ApiResponse response;
  response.body = std::string(OpenApiDocument());
  return response;
}

ApiResponse Route(const ApiParts& parts, const ApiRequest& request) {
  const bool get = request.method == "GET";
  if (get && request.path == "/v1/health") return JsonResponse({{"version", SCV_VERSION}});
  if (get && request.path == "/v1/status") return Status(parts);
  if (get && request.path == "/v1/plan") return Plan(parts);
  if (get && request.path == "/v1/resources") return Resources(parts, request);
  if (get && request.path == "/v1/events") return Events(parts, request);
  if (get && request.path == "/v1/logs") return Logs(parts, request);
  if (get && request.path == "/v1/dns") return Dns(parts, request);
  if (get && request.path == "/v1/process") return FindProcess(parts, request);
  if (get && request.path == "/v1/trust") return Root(parts);
  if (get && request.path == "/v1/openapi.json") return Document();
  if (get && request.path == "/metrics") return Metrics(parts);
  const bool post = request.method == "POST";
  if (post && request.path == "/v1/kill") return Kill(parts, request);
  if (post && request.path == "/v1/graph/apply") {
    return StartGraph(parts, request, GraphAction::kApply);
  }
  if (post && request.path == "/v1/graph/destroy") {
    return StartGraph(parts, request, GraphAction::kDestroy);
  }
  if (auto response = RouteFaults(parts, request)) return *std::move(response);
  return Problem({ErrorKind::kNotFound, "there is no " + request.method + " " + request.path});
}

}  // namespace

ApiHandler MakeApi(const ApiParts& parts) {
  return [parts](const ApiRequest& request) { return Route(parts, request); };
}

}  // namespace scv::daemon
