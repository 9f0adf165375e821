// The API's half for drills and for moving the writes: /v1/faults and /v1/failover.
#ifndef SCV_DAEMON_API_FAULTS_H_
#define SCV_DAEMON_API_FAULTS_H_

#include <optional>

#include "daemon/api_routes.h"

namespace scv::daemon {

// nullopt: the request is about something else.
std::optional<ApiResponse> RouteFaults(const ApiParts& parts, const ApiRequest& request);

// A fault as the API words it, and back. kInvalid: unknown kind, or a member that the kind needs is
// missing.
boost::json::object ToJson(const lab::Fault& fault);
Result<lab::Fault> ParseFault(const boost::json::object& json);

// "tokyo" and "ap-northeast-1" are the same region; other names stay as they are.
std::string RegionCode(const std::string& name);

}  // namespace scv::daemon

#endif  // SCV_DAEMON_API_FAULTS_H_
