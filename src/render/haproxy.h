// HAProxy's configuration for a load balancer's node, as AWS's application load balancer behaves.
// Text from outside never reaches the file as it is: what is not a plain word is written in
// hexadecimal escapes, names of groups and targets are checked.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/introduction.html
//
// Where it differs on purpose: a request that met a target which died is sent to another one where
// that is safe (RFC 9110 9.2.2, or an Idempotency-Key); AWS's answers 502. Where no target is
// healthy it answers 503; AWS's then tries all of them.
#ifndef SCV_RENDER_HAPROXY_H_
#define SCV_RENDER_HAPROXY_H_

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "lab/load_balancer.h"

namespace scv::render {

// Where the node's files are.
struct HaproxyFiles {
  std::string stats_socket;
  std::string log_socket;    // a Unix stream socket for lines in frames of octets (RFC 6587 3.4.1);
                             // "": no access log
  std::string server_state;  // what the process before knew of its servers, read at start
  std::map<int, std::string> certificate_lists;  // listener's port → crt-list; TLS only
};

struct HaproxyConfig {
  std::string text;
  // Names everything but the targets: two configurations with the same revision differ in what the
  // runtime API can change. The running process tells it ("show info", description).
  std::string revision;
};

// `certificates` changes whenever a certificate in a list does. kInvalid: a name, address, pattern
// or number that cannot be written safely, or an action that names no target group.
Result<HaproxyConfig> HaproxyConfigFor(const lab::LoadBalancerNodeSpec& spec,
                                       const HaproxyFiles& files,
                                       std::string_view certificates = "");

// What stands behind the server's name, both in the file and after "add server group/id": address,
// health checks, slow start.
Result<std::string> HaproxyServer(const lab::TargetGroupSpec& group, const lab::TargetSpec& target);

// One line of a server state file (version 1) that has a target down until a check succeeds:
// HAProxy would take it for healthy when it starts.
inline constexpr std::string_view kHaproxyStateHead = "1\n";
Result<std::string> HaproxyStateDown(const lab::TargetGroupSpec& group,
                                     const lab::TargetSpec& target);

// "group-NAME". kInvalid: not a target group's name.
Result<std::string> HaproxyGroupName(std::string_view group);

// The part of a TLS listener's line that follows from its policy: versions and ciphers.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
std::string HaproxyTls(std::string_view ssl_policy);

// One word of HAProxy's language that stands for exactly `text`.
std::string HaproxyWord(std::string_view text);
// The same where HAProxy expands %[...].
std::string HaproxyFormatWord(std::string_view text);

// Bytes; a longer line is cut.
inline constexpr int kHaproxyLogLineMax = 16'384;

// The fields of one line of the access log as HAProxy writes it, in this order, between tabs.
// Absent values are "-".
enum class HaproxyLogField {
  kType,      // http, https
  kTime,      // microseconds since the epoch, when the answer had been sent
  kClient,    // address:port
  kTarget,    // address:port, "-:0" or the like where none was reached
  kBackend,   // "group-NAME"
  kTimes,     // HAProxy's Tw/Tc/Tr/Td in ms: queue, connect, answer, data
  kActive,    // HAProxy's Ta: ms from the request's first byte to kTime
  kStatus,    // to the client
  kServer,    // the target's id; "<NOSRV>"
  kReceived,  // bytes
  kSent,      // bytes
  kMethod,
  kUrl,      // scheme://host:port/path?query
  kVersion,  // HTTP/1.1
  kUserAgent,
  kCipher,
  kProtocol,     // TLSv1.3
  kTrace,        // X-Amzn-Trace-Id
  kServerName,   // SNI
  kPriority,     // of the rule that matched; 0: the default action
  kAction,       // forward, redirect, fixed-response
  kRedirect,     // the location
  kTermination,  // HAProxy's two letters
  kCount,
};

struct HaproxyDoor {
  std::string resolver;         // the name server's address
  int target_port = 443;        // where the name's address is connected to
  int https_listener = 3;       // the inherited descriptor's number
  int http_listener = -1;       // the same for plain HTTP, redirected; -1: none
  int public_https_port = 443;  // where the redirect leads
};
// The host's HTTPS port: reads the server name from the TLS hello, asks the lab's public name
// server at that moment, and passes the connection on untouched. kInvalid: no address.
Result<std::string> HaproxyDoorConfig(const HaproxyDoor& door);

}  // namespace scv::render

#endif  // SCV_RENDER_HAPROXY_H_
