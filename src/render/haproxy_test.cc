#include "render/haproxy.h"

#include <gtest/gtest.h>

namespace scv::render {
namespace {

lab::LoadBalancerNodeSpec Node() {
  lab::LoadBalancerNodeSpec node;
  node.interface.address = "10.0.0.5";
  lab::TargetGroupSpec group;
  group.name = "web";
  group.health_check = {.protocol = "HTTP",
                        .path = "/health?deep=1",
                        .port = 0,
                        .matcher = "200,202-204",
                        .interval = lab::milliseconds(500),
                        .timeout = lab::milliseconds(200),
                        .healthy_threshold = 3,
                        .unhealthy_threshold = 2};
  group.targets = {
      {.id = "i-1", .address = "10.0.1.4", .port = 80, .zone = "a", .draining = false}};
  node.target_groups = {group};
  lab::ListenerSpec listener;
  listener.port = 80;
  listener.default_action.target_group = "web";
  node.listeners = {listener};
  return node;
}

HaproxyFiles Files() {
  return {.stats_socket = "/l/stats",
          .log_socket = "",
          .server_state = "/l/state",
          .certificate_lists = {{443, "/l/443.list"}}};
}

std::string TextOf(const lab::LoadBalancerNodeSpec& node) {
  const auto config = HaproxyConfigFor(node, Files());
  EXPECT_TRUE(config.has_value()) << config.error().message;
  return config ? config->text : "";
}

TEST(Haproxy, WritesABackend) {
  const std::string text = TextOf(Node());
  EXPECT_EQ(text.substr(text.find("\nbackend") + 1),
            "backend group-web\n"
            "  balance roundrobin\n"
            "  timeout check 200\n"
            "  option httpchk\n"
            "  http-check send meth GET uri /health\\x3fdeep\\x3d1 ver HTTP/1.1 hdr Host localhost "
            "hdr User-Agent ELB-HealthChecker/2.0 hdr Connection close\n"
            "  http-check expect status 200,202-204\n"
            "  server i-1 10.0.1.4:80 check inter 500 downinter 100 rise 3 fall 2"
            " observe layer4 error-limit 1 on-error mark-down"
            " pool-max-conn -1 pool-purge-delay 5s\n");
}

TEST(Haproxy, WritesItsLogWhereItIsKeptUntilItIsRead) {
  auto files = Files();
  files.log_socket = "/l/log";
  const auto config = HaproxyConfigFor(Node(), files);
  ASSERT_TRUE(config.has_value());
  EXPECT_NE(config->text.find("  log ring@access len 16384 format raw local0\n  description "),
            std::string::npos);
  EXPECT_NE(config->text.find("ring access\n"
                              "  format raw\n"
                              "  maxlen 16384\n"
                              "  size 1048576\n"
                              "  timeout connect 1s\n"
                              "  timeout server 10s\n"
                              "  server access-log unix@/l/log log-proto octet-count\n"
                              "defaults\n"),
            std::string::npos)
      << config->text;
  EXPECT_EQ(TextOf(Node()).find("ring"), std::string::npos);
}

std::string LineOf(const std::string& text, const std::string& beginning) {
  const auto at = text.find("\n" + beginning);
  return at == text.npos ? "" : text.substr(at + 1, text.find('\n', at + 1) - at - 1);
}

// Half a minute without an acknowledgement gives a client up, on either kind of listener.
TEST(Haproxy, BindsEachListenerWithALimitOnSilentClients) {
  auto node = Node();
  EXPECT_EQ(LineOf(TextOf(node), "  bind "), "  bind 10.0.0.5:80 tcp-ut 30000");
  node.listeners[0].port = 443;
  node.listeners[0].tls = true;
  node.listeners[0].ssl_policy = "ELBSecurityPolicy-TLS13-1-3-2021-06";
  EXPECT_EQ(LineOf(TextOf(node), "  bind "),
            "  bind 10.0.0.5:443 tcp-ut 30000 ssl crt-list /l/443.list alpn h2,http/1.1 " +
                HaproxyTls("ELBSecurityPolicy-TLS13-1-3-2021-06"));
}

TEST(Haproxy, TargetsDoNotChangeTheRevisionButTheirChecksDo) {
  auto node = Node();
  const auto first = HaproxyConfigFor(node, Files());
  node.target_groups[0].targets.clear();
  EXPECT_EQ(HaproxyConfigFor(node, Files())->revision, first->revision);
  node.target_groups[0].health_check.interval = lab::milliseconds(501);
  EXPECT_NE(HaproxyConfigFor(node, Files())->revision, first->revision);
}

TEST(Haproxy, RedirectsAsAwsWritesIt) {
  auto node = Node();
  node.listeners[0].default_action = {};
  auto& action = node.listeners[0].default_action;
  action.kind = lab::ActionSpec::Kind::kRedirect;
  action.protocol = "HTTPS";
  action.port = "443";
  action.status = 301;
  EXPECT_NE(TextOf(node).find("set-var-fmt(txn.location) https://%[var(txn.host)]:443/"
                              "%[var(txn.path)]%[var(txn.search)]\n"),
            std::string::npos);
}

std::string FrontendOf(const std::string& text) {
  const auto begin = text.find("frontend ");
  return text.substr(begin, text.find("\nbackend") + 1 - begin);
}

// Each of these lines costs every request something.
TEST(Haproxy, AsksARequestForWhatItsListenerNeedsAlone) {
  auto node = Node();
  node.drop_invalid_header_fields = true;
  auto files = Files();
  files.log_socket = "/l/log";
  EXPECT_EQ(
      FrontendOf(HaproxyConfigFor(node, files)->text),
      "frontend listener-80\n"
      "  bind 10.0.0.5:80 tcp-ut 30000\n"
      "  option forwardfor\n"
      "  log global\n"
      "  log-format \"http\\t%[date(0,us)]\\t%ci:%cp\\t%si:%sp\\t%b\\t%Tw/%Tc/%Tr/%Td\\t%Ta\\t"
      "%ST\\t%s\\t%U\\t%B\\t%HM\\thttp://%[var(txn.host)]:80%[var(txn.uri)]\\t%HV\\t"
      "%[var(txn.agent)]\\t%sslc\\t%sslv\\t%[var(txn.trace)]\\t%[ssl_fc_sni]\\t0\\tforward\\t-\\t"
      "%ts\"\n"
      "  option http-restrict-req-hdr-names delete\n"
      "  http-request set-var(txn.host) req.hdr(host),host_only,lower\n"
      "  http-request set-var(txn.uri) pathq\n"
      "  http-request set-var(txn.agent) req.fhdr(user-agent)\n"
      "  http-request set-header X-Amzn-Trace-Id Root=1-%[date,hex,bytes(8,8),lower]-"
      "%[uuid(),bytes(24,12)]%[uuid(),bytes(24,12)] unless { req.hdr(x-amzn-trace-id) -m found }\n"
      "  http-request set-var(txn.trace) req.fhdr(x-amzn-trace-id)\n"
      "  http-request disable-l7-retry if !{ method GET HEAD PUT DELETE OPTIONS TRACE } "
      "!{ req.hdr(idempotency-key) -m found }\n"
      "  http-request set-header X-Forwarded-Proto http\n"
      "  http-request set-header X-Forwarded-Port 80\n"
      "  use_backend group-web\n");
}

TEST(Haproxy, WritesWhichRuleMatched) {
  auto node = Node();
  lab::ListenerRuleSpec rule;
  rule.priority = 10;
  rule.paths = {"/old/*"};
  rule.action.kind = lab::ActionSpec::Kind::kFixedResponse;
  rule.action.status = 410;
  node.listeners[0].rules = {rule};
  auto files = Files();
  files.log_socket = "/l/log";
  const std::string text = HaproxyConfigFor(node, files)->text;
  EXPECT_NE(text.find("%[var(txn.rule)]\\t%[var(txn.action)]\\t-\\t%ts"), text.npos) << text;
  EXPECT_NE(
      text.find("  http-request set-var(txn.action) str(fixed-response) "
                "if { var(txn.rule) -m int 10 }\n"
                "  http-request return status 410 if { var(txn.rule) -m int 10 }\n"
                "  http-request set-var(txn.action) str(forward) if { var(txn.rule) -m int 0 }\n"
                "  use_backend group-web if { var(txn.rule) -m int 0 }\n"),
      text.npos)
      << text;
}

TEST(Haproxy, HostileTextStaysOneWord) {
  EXPECT_EQ(HaproxyWord("a b\n'\"#$\\"), "a\\x20b\\x0a\\x27\\x22\\x23\\x24\\x5c");
  EXPECT_EQ(HaproxyFormatWord("100%[x]"), "100\\x25\\x25\\x5bx\\x5d");
  auto node = Node();
  node.target_groups[0].targets[0].id = "i-1 backup\nglobal";
  EXPECT_FALSE(HaproxyConfigFor(node, Files()).has_value());
  node = Node();
  node.target_groups[0].health_check.matcher = "200\nserver x";
  EXPECT_FALSE(HaproxyConfigFor(node, Files()).has_value());
  node = Node();
  node.listeners[0].response_headers["A\nB"] = "c";
  EXPECT_FALSE(HaproxyConfigFor(node, Files()).has_value());
}

TEST(Haproxy, TheTlsPolicyNamesTheVersions) {
  EXPECT_TRUE(
      HaproxyTls("ELBSecurityPolicy-TLS13-1-2-2021-06").starts_with("ssl-min-ver TLSv1.2 c"));
  EXPECT_TRUE(
      HaproxyTls("ELBSecurityPolicy-TLS13-1-3-2021-06").starts_with("ssl-min-ver TLSv1.3 c"));
  EXPECT_TRUE(HaproxyTls("ELBSecurityPolicy-TLS-1-2-2017-01")
                  .starts_with("ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.2"));
}

}  // namespace
}  // namespace scv::render
