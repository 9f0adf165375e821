// HAProxy 2.6 configuration for an application load balancer's node, and for the door, as text.
// Sources: the AWS pages named below, and HAProxy's "Configuration Manual" 2.6.
#ifndef SCV_RENDER_HAPROXY_H_
#define SCV_RENDER_HAPROXY_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lab/load_balancer.h"

namespace scv::render {

struct HaproxyNodeSettings {
  std::string run_directory;                        // its control socket and state file
  std::string log_socket;                           // a Unix datagram socket; "": no access log
  std::map<std::string, std::string> certificates;  // ARN → PEM file with certificate and key
};

// The whole haproxy.cfg of one node. Listeners whose certificates are not all known are left out
// (AWS does not create such listeners either).
//
// Where it differs from an ALB on purpose: a request that met a target which died is sent to
// another one when that is safe (GET, HEAD, OPTIONS, or with an Idempotency-Key); an ALB would
// answer 502.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
std::string HaproxyNodeConfiguration(const lab::LoadBalancerNodeSpec& spec,
                                     const HaproxyNodeSettings& settings);

// Everything of the configuration but the servers: while this is unchanged, targets can be changed
// at run time; otherwise a reload is needed.
std::string HaproxyNodeShape(const lab::LoadBalancerNodeSpec& spec,
                             const HaproxyNodeSettings& settings);

// A server state file (version 1) that marks every target as down until its checks say otherwise:
// HAProxy would take them for healthy when it starts.
std::string HaproxyStateAllDown(const lab::LoadBalancerNodeSpec& spec);

// The backend of a target group, and what follows "add server BACKEND/ID " in the runtime API.
std::string HaproxyBackendName(const lab::TargetGroupSpec& group);
std::string HaproxyServerArguments(const lab::TargetGroupSpec& group, const lab::TargetSpec& target,
                                   bool at_run_time);

struct HaproxyDoorSettings {
  std::string run_directory;
  int listener = 3;      // the inherited descriptor's number
  std::string resolver;  // the name server's address
  int target_port = 443;
};
// The host's HTTPS port: reads the server name from the TLS hello, asks the lab's public name
// server at that moment, and passes the connection on untouched.
std::string HaproxyDoorConfiguration(const HaproxyDoorSettings& settings);

// An AWS pattern with * and ? as an anchored regular expression.
std::string PatternAsRegex(std::string_view pattern);

}  // namespace scv::render

#endif  // SCV_RENDER_HAPROXY_H_
