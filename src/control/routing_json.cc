// The unhealthy checks as a document.
#include <boost/json.hpp>

#include "control/routing.h"

namespace scv::control {

namespace json = boost::json;

std::string ChecksDocument(const RoutingMemory& memory) {
  json::array unhealthy;
  for (const auto& [id, health] : memory.checks) {
    if (!health.healthy) unhealthy.emplace_back(id);
  }
  return json::serialize(json::object{{"unhealthy", std::move(unhealthy)}});
}

Result<RoutingMemory> ParseChecksDocument(std::string_view text) {
  const auto broken = [] {
    return Fail(ErrorKind::kInternal, "what is remembered of the health checks cannot be read");
  };
  boost::system::error_code code;
  const auto value = json::parse(text, code);
  if (code || !value.is_object()) return broken();
  const auto* unhealthy = value.get_object().if_contains("unhealthy");
  if (unhealthy == nullptr || !unhealthy->is_array()) return broken();
  RoutingMemory memory;
  for (const auto& id : unhealthy->get_array()) {
    if (!id.is_string()) return broken();
    memory.checks[std::string(id.get_string())].healthy = false;
  }
  return memory;
}

}  // namespace scv::control
