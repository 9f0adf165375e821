#include "world/linux/load_balancer.h"

#include <gtest/gtest.h>

#include <iostream>

#include "world/linux/load_balancer_test_lab.h"

namespace scv::world {
namespace {

using lab::TargetHealth;

class LoadBalancer : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* program : {"/usr/sbin/haproxy", "/usr/bin/curl", "/usr/bin/python3"}) {
      if (!IsInstalled(program)) GTEST_SKIP() << program << " is not installed";
    }
    if (const auto why = WhyNoNamespaces(); !why.empty()) GTEST_SKIP() << why;
    lab_ = std::make_unique<LoadBalancerTestLab>();
  }
  std::unique_ptr<LoadBalancerTestLab> lab_;
};

TEST_F(LoadBalancer, ServesRedirectsAndAddsAwsHeaders) {
  auto& lab = *lab_;
  auto node = lab.Node({lab.StartTarget("i-1", 11)});
  lab::ListenerRuleSpec rule;
  rule.priority = 5;
  rule.hosts = {"*.scv.localhost"};
  rule.paths = {"/fixed*"};
  rule.action.kind = lab::ActionSpec::Kind::kFixedResponse;
  rule.action.status = 403;
  rule.action.body = "no 'way' \"out\" #1\n%[src]";
  node.listeners[1].rules = {rule};
  node.drop_invalid_header_fields = true;
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_EQ(lab.Ensure(node), "");
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begun;
  const double up = lab.Await("i-1", TargetHealth::kHealthy);
  ASSERT_GE(up, 0);
  std::cout << "node made: " << taken.count() << " ms, target healthy after: " << up << " ms\n";
  const auto page = lab.Curl({"-i", "-H", "X_Bad: 1", "https://www.scv.localhost/a?b=c"});
  EXPECT_NE(page.output.find("HTTP/2 200"), std::string::npos) << page.output;
  EXPECT_NE(page.output.find("strict-transport-security: max-age=31536000"), std::string::npos);
  EXPECT_NE(page.output.find("x-forwarded-for: 10.0.0.9"), std::string::npos) << page.output;
  EXPECT_NE(page.output.find("x-forwarded-proto: https"), std::string::npos);
  EXPECT_NE(page.output.find("x-forwarded-port: 443"), std::string::npos);
  EXPECT_NE(page.output.find("x-amzn-trace-id: Root=1-"), std::string::npos);
  EXPECT_EQ(page.output.find("x_bad"), std::string::npos);
  const auto fixed = lab.Curl({"-w", "%{http_code}", "https://www.scv.localhost/fixed/1"});
  EXPECT_EQ(fixed.output, "no 'way' \"out\" #1\n%[src]403");
  const auto redirect =
      lab.Curl({"-w", "%{http_code} %{redirect_url}", "http://www.scv.localhost/a/b?c=d"});
  EXPECT_EQ(redirect.output, "301 https://www.scv.localhost:443/a/b?c=d");
  const auto plain = lab.Curl({"-w", "%{redirect_url}", "http://www.scv.localhost/a"});
  EXPECT_EQ(plain.output, "https://www.scv.localhost:443/a");
  const auto old = lab.Curl({"--tls-max", "1.1", "https://www.scv.localhost/"});
  EXPECT_NE(old.exit_code, 0);
}

TEST_F(LoadBalancer, NoRequestFailsWhileTargetsComeGoAndDieAndItReloads) {
  auto& lab = *lab_;
  auto first = lab.StartTarget("i-1", 11);
  auto second = lab.StartTarget("i-2", 12);
  auto third = lab.StartTarget("i-3", 13);
  ASSERT_EQ(lab.Ensure(lab.Node({first})), "");
  ASSERT_GE(lab.Await("i-1", TargetHealth::kHealthy), 0);
  Load load(lab);
  for (int round = 0; round < 2; ++round) {
    ASSERT_EQ(lab.Ensure(lab.Node({first, second})), "");
    const double up = lab.Await("i-2", TargetHealth::kHealthy);
    ASSERT_GE(up, 0);
    std::cout << "target added → healthy: " << up << " ms\n";
    auto node = lab.Node({first, second, third});
    node.listeners[1].response_headers["X-Round"] = std::to_string(round);
    const auto begun = std::chrono::steady_clock::now();
    ASSERT_EQ(lab.Ensure(node), "");
    const std::chrono::duration<double, std::milli> reload =
        std::chrono::steady_clock::now() - begun;
    std::cout << "reload: " << reload.count() << " ms\n";
    ASSERT_GE(lab.Await("i-3", TargetHealth::kHealthy), 0);
    node.target_groups[0].targets[0].draining = true;
    ASSERT_EQ(lab.Ensure(node), "");
    ASSERT_GE(lab.Await("i-1", TargetHealth::kDraining), 0);
    node.target_groups[0].targets.erase(node.target_groups[0].targets.begin());
    ASSERT_EQ(lab.Ensure(node), "");
    lab.KillTarget("i-3");
    const double down = lab.Await("i-3", TargetHealth::kUnhealthy);
    ASSERT_GE(down, 0);
    std::cout << "target killed → unhealthy: " << down << " ms\n";
    third = lab.StartTarget("i-3", 13);
    ASSERT_EQ(lab.Ensure(lab.Node({first, second, third})), "");
    ASSERT_GE(lab.Await("i-1", TargetHealth::kHealthy), 0);
  }
  const std::string result = load.Finish();
  std::cout << result;
  EXPECT_NE(result.find("\"failed\": 0,"), std::string::npos) << result;
}

TEST_F(LoadBalancer, ANewDaemonTakesUpWhatRuns) {
  auto& lab = *lab_;
  const auto first = lab.StartTarget("i-1", 11);
  const auto second = lab.StartTarget("i-2", 12);
  ASSERT_EQ(lab.Ensure(lab.Node({first})), "");
  ASSERT_GE(lab.Await("i-1", TargetHealth::kHealthy), 0);
  const int pid = lab.processes.Find(kNode)->pid;
  lab.Restart();
  ASSERT_EQ(lab.Ensure(lab.Node({first, second})), "");
  ASSERT_GE(lab.Await("i-2", TargetHealth::kHealthy), 0);
  ASSERT_EQ(lab.Ensure(lab.Node({second})), "");
  EXPECT_TRUE(Eventually([&] { return lab.Targets().size() == 1; }));
  EXPECT_EQ(lab.processes.Find(kNode)->pid, pid);
}

TEST_F(LoadBalancer, TheMatcherAndTheThresholdDecide) {
  auto& lab = *lab_;
  auto node = lab.Node({lab.StartTarget("i-1", 11, 204), lab.StartTarget("i-2", 12, 302)});
  node.target_groups[0].health_check.matcher = "200,204";
  ASSERT_EQ(lab.Ensure(node), "");
  EXPECT_GE(lab.Await("i-1", TargetHealth::kHealthy), 0);
  EXPECT_GE(lab.Await("i-2", TargetHealth::kUnhealthy), 0);
  node.target_groups[0].health_check.matcher = "200-399";
  ASSERT_EQ(lab.Ensure(node), "");
  EXPECT_GE(lab.Await("i-2", TargetHealth::kHealthy), 0);
}

TEST_F(LoadBalancer, HandsOverAccessLogs) {
  auto& lab = *lab_;
  ASSERT_EQ(lab.Ensure(lab.Node({lab.StartTarget("i-1", 11)})), "");
  ASSERT_GE(lab.Await("i-1", TargetHealth::kHealthy), 0);
  EXPECT_EQ(lab.Curl({"-A", "a\"b", "https://www.scv.localhost/log?me=1"}).exit_code, 0);
  lab.logs->Remove(kNode);
  ASSERT_EQ(lab.keys.size(), 1U);
  EXPECT_TRUE(
      lab.keys[0].starts_with("alb/AWSLogs/123456789012/elasticloadbalancing/ap-northeast-2/"))
      << lab.keys[0];
  const auto file = lab.directory.path / "log.gz";
  {
    std::FILE* out = std::fopen(file.c_str(), "wb");
    std::fwrite(lab.files[0].data(), 1, lab.files[0].size(), out);
    std::fclose(out);
  }
  const auto text = RunCommand({"gzip", "-dc", file});
  std::cout << text.output;
  EXPECT_TRUE(text.output.starts_with("h2 2")) << text.output;
  EXPECT_NE(text.output.find("app/front/0a1b 10.0.0.9:"), std::string::npos);
  EXPECT_NE(text.output.find(" 10.0.1.11:80 0."), std::string::npos);
  EXPECT_NE(text.output.find("\"GET https://www.scv.localhost:443/log?me=1 HTTP/2.0\" \"a\\x22b\""),
            std::string::npos);
  EXPECT_NE(text.output.find(" arn:web \"Root=1-"), std::string::npos);
  EXPECT_NE(text.output.find("\"www.scv.localhost\" \"arn:c\" 0 2"), std::string::npos);
}

}  // namespace
}  // namespace scv::world
