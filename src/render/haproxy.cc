#include "render/haproxy.h"

#include <fmt/format.h>

#include <algorithm>

namespace scv::render {
namespace {

using lab::ActionSpec;
using lab::ListenerSpec;
using lab::LoadBalancerNodeSpec;
using lab::TargetGroupSpec;

// What HAProxy's configuration takes for one word, whatever is in it.
std::string Word(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '$') quoted += '\\';
    if (c == '\n' || c == '\r') continue;
    quoted += c;
  }
  return quoted + "\"";
}

// The same where a log-format is expected: % is its escape.
std::string Format(std::string_view text) {
  std::string doubled;
  for (const char c : text) {
    doubled += c;
    if (c == '%') doubled += '%';
  }
  return Word(doubled);
}

std::string NameSafe(std::string_view name) {
  std::string safe;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    safe += plain ? c : '_';
  }
  return safe;
}

std::string Global(const HaproxyNodeSettings& settings) {
  std::string text = fmt::format(
      "global\n"
      "  maxconn 4000\n"
      "  nbthread 1\n"
      "  spread-checks 0\n"
      "  hard-stop-after 300s\n"
      "  stats socket {0}/stats.sock mode 600 level admin expose-fd listeners\n"
      "  stats timeout 30s\n"
      "  server-state-file {0}/servers.state\n"
      "  tune.ssl.default-dh-param 2048\n",
      settings.run_directory);
  if (!settings.log_socket.empty()) {
    text += fmt::format("  log {} len 8192 format raw local0\n", settings.log_socket);
  }
  return text;
}

std::string Defaults(const LoadBalancerNodeSpec& spec, const HaproxyNodeSettings& settings) {
  std::string text = fmt::format(
      "\ndefaults\n"
      "  mode http\n"
      "  load-server-state-from-file global\n"
      "  option http-keep-alive\n"
      "  option redispatch 1\n"
      "  retries 3\n"
      "  timeout connect 1s\n"
      "  timeout client {0}ms\n"
      "  timeout server {0}ms\n"
      "  timeout http-keep-alive {0}ms\n"
      "  timeout http-request {0}ms\n"
      "  timeout queue 5s\n",
      spec.idle_timeout.count());
  if (!settings.log_socket.empty()) text += "  log global\n  option dontlognull\n";
  return text;
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
// (the oldest protocol is in the policy's name; cipher lists are left to OpenSSL's own good ones).
std::string TlsOptions(std::string_view policy) {
  const bool only_13 = policy.find("TLS13-1-3") != std::string_view::npos;
  return only_13 ? " ssl-min-ver TLSv1.3" : " ssl-min-ver TLSv1.2";
}

std::string Bind(const LoadBalancerNodeSpec& spec, const ListenerSpec& listener,
                 const HaproxyNodeSettings& settings) {
  std::string text =
      fmt::format("  bind {}:{} name l{}", spec.interface.address, listener.port, listener.port);
  if (listener.tls) {
    text += " ssl";
    for (const auto& arn : listener.certificates) {
      text += " crt " + settings.certificates.at(arn);
    }
    text += " alpn h2,http/1.1" + TlsOptions(listener.ssl_policy);
  }
  return text + "\n";
}

// X-Forwarded-*: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/
// x-forwarded-headers.html; the trace id: load-balancer-request-tracing.html
std::string RequestHeaders(const ListenerSpec& listener) {
  return fmt::format(
      "  option forwardfor\n"
      "  http-request set-header X-Forwarded-Proto {}\n"
      "  http-request set-header X-Forwarded-Port {}\n"
      "  http-request set-var-fmt(txn.trace_time) \"%{{+X}}Ts\"\n"
      "  http-request set-var(txn.trace_id) uuid(),regsub(-,,g),bytes(0,24)\n"
      "  http-request set-header X-Amzn-Trace-Id "
      "\"Root=1-%[var(txn.trace_time),lower]-%[var(txn.trace_id)]\" "
      "unless {{ req.hdr(X-Amzn-Trace-Id) -m found }}\n",
      listener.tls ? "https" : "http", listener.port);
}

std::string ResponseHeaders(const ListenerSpec& listener) {
  std::string text;
  if (listener.tls && !listener.strict_transport_security.empty()) {
    text += "  http-after-response set-header Strict-Transport-Security " +
            Format(listener.strict_transport_security) + "\n";
  }
  for (const auto& [name, value] : listener.response_headers) {
    text += "  http-after-response set-header " + NameSafe(name) + " " + Format(value) + "\n";
  }
  return text;
}

// The placeholders of a redirect, as HAProxy's log-format expressions.
std::string Filled(std::string text, const ListenerSpec& listener) {
  const std::map<std::string, std::string> values = {
      {"#{protocol}", listener.tls ? "https" : "http"},
      {"#{host}", "%[req.hdr(host),field(1,:)]"},
      {"#{port}", std::to_string(listener.port)},
      {"#{path}", "%[path,regsub(^/,)]"},
      {"#{query}", "%[query]"}};
  for (const auto& [placeholder, value] : values) {
    for (auto at = text.find(placeholder); at != std::string::npos;
         at = text.find(placeholder, at + value.size())) {
      text.replace(at, placeholder.size(), value);
    }
  }
  return text;
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

std::string Redirect(const ActionSpec& action, const ListenerSpec& listener,
                     const std::string& condition) {
  const std::string target = fmt::format(
      "{}://{}:{}{}", Lower(Filled(action.protocol, listener)), Filled(action.host, listener),
      Filled(action.port, listener), Filled(action.path, listener));
  const int status = action.status == 302 ? 302 : 301;
  const std::string query = Filled(action.query, listener);
  const std::string joined = condition.empty() ? "if" : condition + " ";
  if (query.empty()) {
    return fmt::format("  http-request redirect code {} location \"{}\" {}\n", status, target,
                       condition);
  }
  return fmt::format(
      "  http-request redirect code {0} location \"{1}?{2}\" {3} {{ query -m len gt 0 }}\n"
      "  http-request redirect code {0} location \"{1}\" {4}\n",
      status, target, query, joined, condition);
}

std::string Perform(const ActionSpec& action, const ListenerSpec& listener,
                    const std::string& condition) {
  switch (action.kind) {
    case ActionSpec::Kind::kRedirect:
      return Redirect(action, listener, condition);
    case ActionSpec::Kind::kFixedResponse:
      return fmt::format("  http-request return status {} content-type {} string {} {}\n",
                         action.status,
                         Word(action.content_type.empty() ? "text/plain" : action.content_type),
                         Word(action.body), condition);
    case ActionSpec::Kind::kForward:
      return "";
  }
  return "";
}

std::string AnyOf(std::string_view fetch, const std::vector<std::string>& patterns,
                  bool ignore_case) {
  std::string text = fmt::format(" {{ {} -m reg{}", fetch, ignore_case ? " -i" : "");
  for (const auto& pattern : patterns) text += " " + Word(PatternAsRegex(pattern));
  return text + " }";
}

// The first matching rule by priority is noted; what it says is done afterwards, so that rules with
// different actions keep their order.
std::string Rules(const ListenerSpec& listener) {
  std::string matches, actions, forwards;
  for (const auto& rule : listener.rules) {
    std::string condition = " !{ var(txn.rule) -m found }";
    if (!rule.hosts.empty()) condition += AnyOf("req.hdr(host),field(1,:)", rule.hosts, true);
    if (!rule.paths.empty()) condition += AnyOf("path", rule.paths, false);
    if (!rule.methods.empty()) {
      condition += " { method";
      for (const auto& method : rule.methods) condition += " " + NameSafe(method);
      condition += " }";
    }
    matches +=
        fmt::format("  http-request set-var(txn.rule) int({}) if{}\n", rule.priority, condition);
    const std::string chosen = fmt::format("if {{ var(txn.rule) -m int {} }}", rule.priority);
    actions += Perform(rule.action, listener, chosen);
    if (rule.action.kind == ActionSpec::Kind::kForward) {
      forwards +=
          fmt::format("  use_backend tg-{} {}\n", NameSafe(rule.action.target_group), chosen);
    }
  }
  const auto& last = listener.default_action;
  actions +=
      Perform(last, listener, listener.rules.empty() ? "" : "if !{ var(txn.rule) -m found }");
  if (last.kind == ActionSpec::Kind::kForward) {
    forwards += fmt::format("  default_backend tg-{}\n", NameSafe(last.target_group));
  }
  return matches + actions + forwards;
}

// Fields for the access log in AWS's order are put together by access_log.cc from this line:
// tab-separated, so that nothing a client sends can shift them.
std::string LogFormat(const ListenerSpec& listener) {
  return fmt::format(
      "  log-format \"{}\\t%[date(),ltrim(0)]\\t%Ts\\t%ms\\t%ci\\t%cp\\t%si\\t%sp\\t%TR\\t%Tw"
      "\\t%Tc\\t%Tr\\t%Ta\\t%ST\\t%U\\t%B\\t%[capture.req.method]\\t%[capture.req.uri]"
      "\\t%[capture.req.ver]\\t%sslv\\t%sslc\\t%s\\t%b\\t%[capture.req.hdr(0)]"
      "\\t%[capture.req.hdr(1)]\\t%[capture.req.hdr(2)]\\t%tsc\"\n"
      "  declare capture request len 256\n"
      "  http-request capture req.hdr(User-Agent) len 256\n"
      "  http-request capture req.hdr(X-Amzn-Trace-Id) len 128\n"
      "  http-request capture req.hdr(Host) len 256\n",
      listener.tls ? "https" : "http");
}

std::string Frontend(const LoadBalancerNodeSpec& spec, const ListenerSpec& listener,
                     const HaproxyNodeSettings& settings) {
  std::string text = fmt::format("\nfrontend l{}\n", listener.port);
  text += Bind(spec, listener, settings);
  if (!spec.drop_invalid_header_fields && spec.desync_mitigation_mode == "monitor") {
    text += "  option accept-invalid-http-request\n";
  }
  text += RequestHeaders(listener) + ResponseHeaders(listener);
  text += Rules(listener);
  return text;
}

std::string Check(const TargetGroupSpec& group) {
  const auto& check = group.health_check;
  std::string matcher = check.matcher.empty() ? "200" : check.matcher;
  std::erase(matcher, ' ');
  return fmt::format(
      "  option httpchk\n"
      "  http-check send meth GET uri {} ver HTTP/1.1 hdr Host {} hdr User-Agent "
      "ELB-HealthChecker/2.0\n"
      "  http-check expect status {}\n"
      "  timeout check {}ms\n",
      Word(check.path), Word("health"), matcher, std::max<long>(50, check.timeout.count()));
}

std::string BackendHead(const TargetGroupSpec& group) {
  std::string text = fmt::format("\nbackend {}\n", HaproxyBackendName(group));
  text += fmt::format("  balance {}\n",
                      group.algorithm == "least_outstanding_requests" ? "leastconn" : "roundrobin");
  if (group.stickiness == "lb_cookie") {
    text += fmt::format("  cookie AWSALB insert indirect nocache httponly maxlife {}s\n",
                        std::max<long>(1, group.stickiness_duration.count() / 1000));
  }
  // What died in the middle is sent again only where repeating is safe.
  text +=
      "  retry-on conn-failure empty-response\n"
      "  http-request disable-l7-retry unless { method GET HEAD OPTIONS } || "
      "{ req.hdr(Idempotency-Key) -m found }\n";
  return text + Check(group);
}

std::string Shape(const LoadBalancerNodeSpec& spec, const HaproxyNodeSettings& settings,
                  bool with_servers) {
  std::string text = Global(settings) + Defaults(spec, settings);
  for (const auto& listener : spec.listeners) {
    const bool known =
        std::all_of(listener.certificates.begin(), listener.certificates.end(),
                    [&](const std::string& arn) { return settings.certificates.contains(arn); });
    if (listener.tls && (!known || listener.certificates.empty())) continue;
    text += Frontend(spec, listener, settings);
  }
  for (const auto& group : spec.target_groups) {
    text += BackendHead(group);
    if (!with_servers) continue;
    for (const auto& target : group.targets) {
      text += fmt::format("  server {} {}\n", NameSafe(target.id),
                          HaproxyServerArguments(group, target, false));
    }
  }
  return text;
}

}  // namespace

std::string PatternAsRegex(std::string_view pattern) {
  std::string regex = "^";
  for (const char c : pattern) {
    if (c == '*') {
      regex += ".*";
    } else if (c == '?') {
      regex += '.';
    } else {
      if (std::string_view(".^$|()[]{}+\\").find(c) != std::string_view::npos) regex += '\\';
      regex += c;
    }
  }
  return regex + "$";
}

std::string HaproxyBackendName(const TargetGroupSpec& group) {
  return "tg-" + NameSafe(group.name);
}

std::string HaproxyServerArguments(const TargetGroupSpec& group, const lab::TargetSpec& target,
                                   bool at_run_time) {
  const auto& check = group.health_check;
  std::string text = fmt::format("{}:{} check inter {}ms rise {} fall {}", target.address,
                                 target.port, std::max<long>(20, check.interval.count()),
                                 check.healthy_threshold, check.unhealthy_threshold);
  if (check.port != 0 && check.port != target.port) text += fmt::format(" port {}", check.port);
  if (group.protocol == "HTTPS") {
    text += " ssl verify none";
  } else if (check.protocol == "HTTPS") {
    text += " check-ssl verify none";
  }
  // A connection that fails says at once what the next check would say.
  text += " observe layer4 error-limit 1 on-error mark-down";
  if (group.slow_start.count() > 0)
    text += fmt::format(" slowstart {}ms", group.slow_start.count());
  if (group.stickiness == "lb_cookie") text += " cookie " + NameSafe(target.id);
  if (target.draining && !at_run_time) text += " weight 0";
  return text;
}

std::string HaproxyNodeConfiguration(const LoadBalancerNodeSpec& spec,
                                     const HaproxyNodeSettings& settings) {
  return Shape(spec, settings, true);
}

std::string HaproxyNodeShape(const LoadBalancerNodeSpec& spec,
                             const HaproxyNodeSettings& settings) {
  return Shape(spec, settings, false);
}

std::string HaproxyStateAllDown(const LoadBalancerNodeSpec& spec) {
  std::string text =
      "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight "
      "srv_iweight srv_time_since_last_change srv_check_status srv_check_result "
      "srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn "
      "srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr "
      "srv_agent_port\n";
  for (const auto& group : spec.target_groups) {
    for (const auto& target : group.targets) {
      text += fmt::format("0 {} 0 {} {} 0 0 {} 1 0 1 0 0 6 0 0 0 - {} - {} 0 - - 0\n",
                          HaproxyBackendName(group), NameSafe(target.id), target.address,
                          target.draining ? 0 : 1, target.port, group.protocol == "HTTPS" ? 1 : 0);
    }
  }
  return text;
}

std::string HaproxyDoorConfiguration(const HaproxyDoorSettings& settings) {
  return fmt::format(
      "global\n"
      "  maxconn 1000\n"
      "  nbthread 1\n"
      "  stats socket {0}/stats.sock mode 600 level admin\n"
      "\n"
      "resolvers lab\n"
      "  nameserver public {1}:53\n"
      "  accepted_payload_size 4096\n"
      "  resolve_retries 3\n"
      "  timeout resolve 1s\n"
      "  timeout retry 200ms\n"
      "  hold valid 500ms\n"
      "  hold nx 500ms\n"
      "  hold obsolete 0s\n"
      "  hold other 500ms\n"
      "  hold refused 500ms\n"
      "  hold timeout 500ms\n"
      "\n"
      "defaults\n"
      "  mode tcp\n"
      "  timeout connect 1s\n"
      "  timeout client 300s\n"
      "  timeout server 300s\n"
      "  retries 3\n"
      "\n"
      "frontend door\n"
      "  bind fd@{2}\n"
      "  tcp-request inspect-delay 5s\n"
      "  tcp-request content reject unless {{ req.ssl_hello_type 1 }}\n"
      "  tcp-request content reject unless {{ req.ssl_sni -m found }}\n"
      "  tcp-request content do-resolve(sess.address,lab,ipv4) req.ssl_sni\n"
      "  tcp-request content reject unless {{ var(sess.address) -m found }}\n"
      "  tcp-request content set-dst var(sess.address)\n"
      "  tcp-request content set-dst-port int({3})\n"
      "  default_backend named\n"
      "\n"
      "backend named\n"
      "  server named 0.0.0.0:0\n",
      settings.run_directory, settings.resolver, settings.listener, settings.target_port);
}

}  // namespace scv::render
