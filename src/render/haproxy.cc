#include "render/haproxy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "render/haproxy_actions.h"
#include "render/ipv4.h"
#include "render/nftables.h"

namespace scv::render {
namespace {

using lab::milliseconds;

constexpr int kConnectionsMax = 4096;
// To a target in the same region, answered by its kernel within a millisecond or two: without an
// answer in this time it is gone, and the next one is tried.
constexpr milliseconds kConnectTimeout{200};
// Clients may be far away: what was sent to them may go unacknowledged for so long (RFC 5482). For
// targets the node's own namespace has a shorter limit.
constexpr milliseconds kUnacknowledgedMax{30'000};
// How long a reloaded process may go on serving what it has: requests in flight, idle clients.
constexpr milliseconds kOldProcessMax{120'000};
constexpr milliseconds kQuickestCheck{100};
// What is kept of the access log while nobody reads it; then the oldest lines are lost.
constexpr int kLogRingBytes = 1 << 20;

bool IsId(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

bool IsPort(int port) { return port > 0 && port < 65'536; }

long long Ms(milliseconds time) { return std::max<long long>(time.count(), 1); }

std::string Global(const HaproxyFiles& files) {
  std::string text = fmt::format(
      "global\n"
      "  nbthread 1\n"
      "  maxconn {}\n"
      "  stats socket {} mode 600 level admin expose-fd listeners\n"
      "  server-state-file {}\n"
      "  hard-stop-after {}\n"
      "  tune.ssl.default-dh-param 2048\n",
      kConnectionsMax, HaproxyWord(files.stats_socket), HaproxyWord(files.server_state),
      Ms(kOldProcessMax));
  if (!files.log_socket.empty()) {
    text += fmt::format("  log ring@access len {} format raw local0\n", kHaproxyLogLineMax);
  }
  return text;
}

std::string Ring(const HaproxyFiles& files) {
  if (files.log_socket.empty()) return "";
  return fmt::format(
      "ring access\n"
      "  format raw\n"
      "  maxlen {}\n"
      "  size {}\n"
      "  timeout connect 1s\n"
      "  timeout server 10s\n"
      "  server access-log unix@{} log-proto octet-count\n",
      kHaproxyLogLineMax, kLogRingBytes, HaproxyWord(files.log_socket));
}

// Retries: a request that reached no target goes to another one. One that a target took and closed
// without an answer is repeated only where its method may be (RFC 9110 9.2.2).
std::string Defaults(const lab::LoadBalancerNodeSpec& spec) {
  const auto idle = Ms(spec.idle_timeout);
  return fmt::format(
      "defaults\n"
      "  mode http\n"
      "  load-server-state-from-file global\n"
      "  option idle-close-on-response\n"
      "  option redispatch 1\n"
      "  retries 8\n"
      "  retry-on conn-failure empty-response\n"
      "  http-reuse safe\n"
      "  timeout connect {}\n"
      "  timeout client {}\n"
      "  timeout server {}\n"
      "  timeout http-keep-alive {}\n",
      kConnectTimeout.count(), idle, idle, idle);
}

std::string_view ProtocolOf(const lab::ListenerSpec& listener) {
  return listener.tls ? "https" : "http";
}

bool Redirects(const lab::ListenerSpec& listener) {
  const auto redirects = [](const lab::ActionSpec& action) {
    return action.kind == lab::ActionSpec::Kind::kRedirect;
  };
  return redirects(listener.default_action) ||
         std::any_of(listener.rules.begin(), listener.rules.end(),
                     [&](const auto& rule) { return redirects(rule.action); });
}

// Every request passes two load balancers, so what its listener does not need is not asked for:
// HAProxy looks up what a format names when it writes, and variables are for what is gone by then.
std::string LogLines(const lab::ListenerSpec& listener) {
  const bool rules = !listener.rules.empty();
  // In the order of HaproxyLogField.
  const std::array fields = {
      std::string(ProtocolOf(listener)),
      std::string("%[date(0,us)]"),
      std::string("%ci:%cp"),
      std::string("%si:%sp"),
      std::string("%b"),
      std::string("%Tw/%Tc/%Tr/%Td"),
      std::string("%Ta"),
      std::string("%ST"),
      std::string("%s"),
      std::string("%U"),
      std::string("%B"),
      std::string("%HM"),
      fmt::format("{}://%[var(txn.host)]:{}%[var(txn.uri)]", ProtocolOf(listener), listener.port),
      std::string("%HV"),
      std::string("%[var(txn.agent)]"),
      std::string("%sslc"),
      std::string("%sslv"),
      std::string("%[var(txn.trace)]"),
      std::string("%[ssl_fc_sni]"),
      std::string(rules ? "%[var(txn.rule)]" : "0"),
      std::string(rules ? "%[var(txn.action)]" : HaproxyActionName(listener.default_action)),
      std::string(Redirects(listener) ? "%[var(txn.location)]" : "-"),
      std::string("%ts"),
  };
  static_assert(fields.size() == static_cast<std::size_t>(HaproxyLogField::kCount));
  return fmt::format("  log global\n  log-format \"{}\"\n", fmt::join(fields, "\\t"));
}

// What every request gets, whatever is done with it.
std::string RequestLines(const lab::ListenerSpec& listener, bool drop_invalid, bool logs) {
  std::string text;
  if (drop_invalid) text += "  option http-restrict-req-hdr-names delete\n";
  text += "  http-request set-var(txn.host) req.hdr(host),host_only,lower\n";
  if (Redirects(listener)) {
    text +=
        "  http-request set-var(txn.path) path,regsub(^/,)\n"
        "  http-request set-var(txn.query) query\n"
        "  http-request set-var-fmt(txn.search) \\x3f%[query] if { query -m len gt 0 }\n";
  }
  if (logs) {
    text +=
        "  http-request set-var(txn.uri) pathq\n"
        "  http-request set-var(txn.agent) req.fhdr(user-agent)\n";
  }
  text +=
      "  http-request set-header X-Amzn-Trace-Id Root=1-%[date,hex,bytes(8,8),lower]-"
      "%[uuid(),bytes(24,12)]%[uuid(),bytes(24,12)] unless { req.hdr(x-amzn-trace-id) -m found }\n";
  if (logs) text += "  http-request set-var(txn.trace) req.fhdr(x-amzn-trace-id)\n";
  text += fmt::format(
      "  http-request disable-l7-retry if !{{ method GET HEAD PUT DELETE OPTIONS TRACE }} "
      "!{{ req.hdr(idempotency-key) -m found }}\n"
      "  http-request set-header X-Forwarded-Proto {}\n"
      "  http-request set-header X-Forwarded-Port {}\n",
      ProtocolOf(listener), listener.port);
  return text;
}

Result<std::string> ResponseLines(const lab::ListenerSpec& listener) {
  std::string text;
  auto headers = listener.response_headers;
  if (!listener.strict_transport_security.empty()) {
    headers["Strict-Transport-Security"] = listener.strict_transport_security;
  }
  for (const auto& [name, value] : headers) {
    if (!IsId(name)) return Fail(ErrorKind::kInvalid, "a response header's name is no name");
    text += fmt::format("  http-after-response set-header {} {}\n", name, HaproxyFormatWord(value));
  }
  return text;
}

Result<std::string> Actions(const lab::ListenerSpec& listener) {
  const HaproxyListener where{.port = listener.port, .tls = listener.tls};
  if (listener.rules.empty()) return HaproxyAction(listener.default_action, where, "");
  std::string text;
  for (const auto& rule : listener.rules) {
    SCV_ASSIGN(const auto lines, HaproxyRule(rule));
    text += lines;
  }
  text += "  http-request set-var(txn.rule) int(0) unless { var(txn.rule) -m found }\n";
  const auto add = [&](int priority, const lab::ActionSpec& action) -> Result<void> {
    SCV_ASSIGN(const auto lines,
               HaproxyAction(action, where, fmt::format("var(txn.rule) -m int {}", priority)));
    text +=
        fmt::format("  http-request set-var(txn.action) str({}) if {{ var(txn.rule) -m int {} }}\n",
                    HaproxyActionName(action), priority);
    text += lines;
    return {};
  };
  for (const auto& rule : listener.rules) SCV_TRY(add(rule.priority, rule.action));
  SCV_TRY(add(0, listener.default_action));
  return text;
}

Result<std::string> Frontend(const lab::LoadBalancerNodeSpec& spec,
                             const lab::ListenerSpec& listener, const HaproxyFiles& files) {
  if (!ParseIpv4(spec.interface.address) || !IsPort(listener.port)) {
    return Fail(ErrorKind::kInvalid, "a listener's address or port is none");
  }
  std::string text = fmt::format("frontend listener-{}\n  bind {}:{} tcp-ut {}", listener.port,
                                 spec.interface.address, listener.port, Ms(kUnacknowledgedMax));
  if (listener.tls) {
    const auto list = files.certificate_lists.find(listener.port);
    if (list == files.certificate_lists.end()) {
      return Fail(ErrorKind::kInvalid, "a TLS listener needs a certificate");
    }
    text += fmt::format(" ssl crt-list {} alpn h2,http/1.1 {}", HaproxyWord(list->second),
                        HaproxyTls(listener.ssl_policy));
  }
  text += "\n  option forwardfor\n";
  const bool logs = !files.log_socket.empty();
  if (logs) text += LogLines(listener);
  SCV_ASSIGN(const auto actions, Actions(listener));
  SCV_ASSIGN(const auto response, ResponseLines(listener));
  text += RequestLines(listener, spec.drop_invalid_header_fields, logs);
  return text + actions + response;
}

Result<std::string> Backend(const lab::TargetGroupSpec& group) {
  SCV_ASSIGN(const auto name, HaproxyGroupName(group.name));
  const auto& check = group.health_check;
  const bool codes = !check.matcher.empty() &&
                     check.matcher.find_first_not_of("0123456789,-") == std::string::npos;
  if (!codes) return Fail(ErrorKind::kInvalid, "a health check's matcher has codes and ranges");
  std::string text = fmt::format(
      "backend {}\n"
      "  balance {}\n"
      "  timeout check {}\n"
      "  option httpchk\n"
      "  http-check send meth GET uri {} ver HTTP/1.1 hdr Host localhost hdr User-Agent "
      "ELB-HealthChecker/2.0 hdr Connection close\n"
      "  http-check expect status {}\n",
      name, group.algorithm == "least_outstanding_requests" ? "leastconn" : "roundrobin",
      Ms(check.timeout), HaproxyWord(check.path), check.matcher);
  if (!group.stickiness.empty()) {
    text += fmt::format(
        "  dynamic-cookie-key {:016x}\n"
        "  cookie AWSALB insert indirect nocache dynamic maxlife {}s\n",
        StableHash(group.arn + group.name),
        std::max<long long>(1, group.stickiness_duration.count() / 1000));
  }
  return text;
}

}  // namespace

Result<std::string> HaproxyServer(const lab::TargetGroupSpec& group,
                                  const lab::TargetSpec& target) {
  if (!ParseIpv4(target.address) || !IsPort(target.port) || !IsId(target.id)) {
    return Fail(ErrorKind::kInvalid, "a target's id, address or port is none");
  }
  const auto& check = group.health_check;
  const auto interval = Ms(check.interval);
  // While it is down it is asked more often, so that a new target serves as soon as it can.
  const auto down =
      std::min<long long>(interval, std::max<long long>(kQuickestCheck.count(), interval / 20));
  std::string text = fmt::format(
      "{}:{} check inter {} downinter {} rise {} fall {}", target.address, target.port, interval,
      down, std::max(1, check.healthy_threshold), std::max(1, check.unhealthy_threshold));
  // A connection that fails says at once what the next check would say: retries go elsewhere.
  text += " observe layer4 error-limit 1 on-error mark-down";
  // HAProxy's own defaults, which version 2.6 does not give to servers that are added at run time:
  // those would keep no idle connection, and every request would make a new one.
  text += " pool-max-conn -1 pool-purge-delay 5s";
  if (check.port != 0) text += fmt::format(" port {}", check.port);
  const bool https = group.protocol == "HTTPS";
  if (https) text += " ssl verify none";
  if (check.protocol == "HTTPS" && !https) text += " check-ssl verify none";
  if (group.slow_start.count() > 0) text += fmt::format(" slowstart {}", Ms(group.slow_start));
  return text;
}

Result<std::string> HaproxyStateDown(const lab::TargetGroupSpec& group,
                                     const lab::TargetSpec& target) {
  SCV_ASSIGN(const auto name, HaproxyGroupName(group.name));
  return fmt::format("0 {} 0 {} {} 0 {} 1 1 0 1 0 0 6 0 0 0 - {} - {} 0 - - 0\n", name, target.id,
                     target.address, target.draining ? 8 : 0, target.port,
                     group.protocol == "HTTPS" ? 1 : 0);
}

Result<HaproxyConfig> HaproxyConfigFor(const lab::LoadBalancerNodeSpec& spec,
                                       const HaproxyFiles& files, std::string_view certificates) {
  std::string body = Ring(files) + Defaults(spec);
  for (const auto& listener : spec.listeners) {
    SCV_ASSIGN(const auto frontend, Frontend(spec, listener, files));
    body += frontend;
  }
  // The revision covers how servers are checked, but not which there are.
  std::string structure = Global(files) + body;
  structure += certificates;
  std::string text = body;
  for (const auto& group : spec.target_groups) {
    SCV_ASSIGN(const auto backend, Backend(group));
    const lab::TargetSpec any{
        .id = "any", .address = "192.0.2.1", .port = 1, .zone = "", .draining = false};
    SCV_ASSIGN(const auto server, HaproxyServer(group, any));
    structure += backend + server;
    text += backend;
    for (const auto& target : group.targets) {
      SCV_ASSIGN(const auto line, HaproxyServer(group, target));
      text += fmt::format("  server {} {}\n", target.id, line);
    }
  }
  HaproxyConfig config;
  config.revision = fmt::format("{:016x}", StableHash(structure));
  config.text = Global(files) + "  description " + config.revision + "\n" + text;
  return config;
}

}  // namespace scv::render
