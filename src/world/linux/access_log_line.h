// One entry of an application load balancer's access log, from what HAProxy says of a request.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
#ifndef SCV_WORLD_LINUX_ACCESS_LOG_LINE_H_
#define SCV_WORLD_LINUX_ACCESS_LOG_LINE_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace scv::world {

struct AccessLogNode {
  std::string load_balancer;  // "app/front/50dc6c495c0c9188"
  std::string account, region, address;
  std::string certificate;                                     // the default one's ARN
  std::map<std::string, std::string, std::less<>> group_arns;  // target group's name → ARN
};

// A line without its newline; nullopt: not what render::HaproxyLogField says (a message of HAProxy
// itself). `now` is when the answer was complete.
std::optional<std::string> AccessLogLine(std::string_view from_haproxy, const AccessLogNode& node,
                                         Millis now);

// The object's name in the bucket for a file that ends at `end`.
std::string AccessLogKey(const AccessLogNode& node, std::string_view prefix, Millis end,
                         std::string_view random);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_ACCESS_LOG_LINE_H_
