#include "world/linux/name_server.h"

#include <gtest/gtest.h>

#include <chrono>
#include <iostream>

#include "world/linux/dns_query.h"
#include "world/linux/engines_test_support.h"
#include "world/linux/name_database.h"
#include "world/linux/network_test_lab.h"

namespace scv::world {
namespace {

using std::chrono::milliseconds;
constexpr const char* kProcess = "dns//internet";

class NameServer : public testing::Test {
 protected:
  void SetUp() override {
    if (!IsInstalled("/usr/sbin/pdns_server")) GTEST_SKIP() << "pdns-server is not installed";
    if (const auto why = WhyNoNamespaces(); !why.empty()) GTEST_SKIP() << why;
    net_ = std::make_unique<NetworkTestLab>();
    net_->Restart();
    net_->EnsureAll();
    names_ = std::make_unique<NameDatabases>(directory_.path);
    servers_ =
        std::make_unique<NameServers>(processes_, *net_->network, directory_.path / "dns", *names_);
  }

  void TearDown() override {
    if (!servers_) return;
    EXPECT_EQ(ErrorOf(servers_->Remove(kProcess)), "");
  }

  Result<std::vector<std::string>> Ask(const std::string& name, const std::string& type) {
    return QueryDns(net_->NamespaceOf("internet").get(), net_->internet.resolver, name, type,
                    milliseconds(2000));
  }

  static lab::NamesSpec Zone(const std::string& address) {
    lab::NamesSpec spec;
    spec.zones["scv.localhost"] = {
        {.name = "*.scv.localhost", .type = "A", .ttl = 60, .values = {"203.0.113.9"}},
        {.name = "_a.scv.localhost", .type = "CNAME", .ttl = 60, .values = {"_b.acm.test."}},
        {.name = "scv.localhost", .type = "NS", .ttl = 60, .values = {"ns.scv.localhost."}},
        {.name = "scv.localhost",
         .type = "SOA",
         .ttl = 60,
         .values = {"ns.scv.localhost. admin.scv.localhost. 1 7200 900 1209600 60"}},
        {.name = "scv.localhost", .type = "TXT", .ttl = 60, .values = {"\"v=spf1 -all\""}},
        {.name = "www.scv.localhost", .type = "A", .ttl = 60, .values = {address}}};
    return spec;
  }

  TestDirectory directory_;
  std::unique_ptr<NetworkTestLab> net_;
  ChildProcesses processes_;
  std::unique_ptr<NameDatabases> names_;
  std::unique_ptr<NameServers> servers_;
};

TEST_F(NameServer, AnswersAndFollowsEveryChangeAtOnce) {
  ASSERT_EQ(ErrorOf(names_->Ensure("", Zone("203.0.113.1"))), "");
  auto begun = std::chrono::steady_clock::now();
  ASSERT_EQ(ErrorOf(servers_->Ensure(kProcess, {.place = "", .address = net_->internet.resolver})),
            "");
  const auto since = [&] {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun)
        .count();
  };
  std::cout << "name server up: " << since() << " ms\n";
  using List = std::vector<std::string>;
  const auto www = Ask("www.scv.localhost", "A");
  ASSERT_TRUE(www.has_value()) << www.error().message;
  EXPECT_EQ(*www, List{"203.0.113.1"});
  EXPECT_EQ(Ask("any.scv.localhost", "A").value_or(List()), List{"203.0.113.9"});
  const auto alias = Ask("_a.scv.localhost", "CNAME");
  ASSERT_TRUE(alias.has_value());
  EXPECT_EQ(*alias, List{"_b.acm.test"});
  EXPECT_TRUE(Ask("scv.localhost", "TXT").has_value());
  EXPECT_FALSE(Ask("www.other.localhost", "A").has_value());

  double slowest = 0;
  for (int i = 2; i < 22; ++i) {
    const std::string address = "203.0.113." + std::to_string(i);
    ASSERT_EQ(ErrorOf(names_->Ensure("", Zone(address))), "");
    begun = std::chrono::steady_clock::now();
    ASSERT_TRUE(Eventually([&] {
      return Ask("www.scv.localhost", "A").value_or(List()) == List{address};
    })) << address;
    slowest = std::max(slowest, since());
  }
  std::cout << "change visible after at most: " << slowest << " ms\n";
  // A second Ensure is nothing new, and it stays the same process.
  const int pid = processes_.Find(kProcess)->pid;
  ASSERT_EQ(ErrorOf(servers_->Ensure(kProcess, {.place = "", .address = net_->internet.resolver})),
            "");
  EXPECT_EQ(processes_.Find(kProcess)->pid, pid);
  ASSERT_EQ(ErrorOf(names_->Remove("")), "");
  EXPECT_FALSE(Ask("www.scv.localhost", "A").has_value());
}

}  // namespace
}  // namespace scv::world
