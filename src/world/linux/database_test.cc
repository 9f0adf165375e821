#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <iostream>
#include <memory>

#include "world/linux/certificate_authority.h"
#include "world/linux/database_server.h"
#include "world/linux/database_test_lab.h"
#include "world/linux/engines_test_support.h"
#include "world/linux/network_test_lab.h"

namespace scv::world {
namespace {

constexpr const char* kProcess = "db/r/memo";
// SHA1(SHA1("right-password-1")) and of "right-password-2", as mysql_native_password keeps them.
constexpr const char* kHash1 = "*2B911B0E9EE0B619EFD831C9C7E1BA2DB50B932A";
constexpr const char* kHash2 = "*88A813C3D3F3B0DAD9350DD30C0B2B4E703E7A92";

class Database : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* program : {"/usr/sbin/mariadbd", "/usr/bin/mariadb"}) {
      if (!IsInstalled(program)) GTEST_SKIP() << program << " is not installed";
    }
    if (const auto why = WhyNoNamespaces(); !why.empty()) GTEST_SKIP() << why;
    net_ = std::make_unique<NetworkTestLab>();
    net_->Restart();
    net_->EnsureAll();
    authority_ = std::move(*CertificateAuthority::Open(directory_.path / "ca"));
    databases_ = std::make_unique<DatabaseServers>(processes_, *net_->network, *authority_,
                                                   directory_.path / "db", ScratchOfAllTests());
    spec_.id = "memo";
    spec_.interface = InterfaceAt(net_->router, "db", 20);
    spec_.firewall.resolver = net_->router.resolver;
    spec_.firewall.ingress = {Allow("tcp", 3306, "10.0.2.0/24")};
    spec_.endpoint = "memo.abc.ap-northeast-2.rds.amazonaws.com";
    spec_.master_username = "admin";
    spec_.master_password_hash = kHash1;
    spec_.database = "memo";
    spec_.parameters = {{"require_secure_transport", "1"}, {"max_connections", "50"}};
  }

  void TearDown() override {
    if (!databases_) return;
    EXPECT_EQ(ErrorOf(databases_->Remove(kProcess)), "");
    EXPECT_FALSE(std::filesystem::exists(databases_->HomeOf(kProcess)));
  }

  std::string Ensure() {
    const auto begun = std::chrono::steady_clock::now();
    auto error = ErrorOf(databases_->Ensure(kProcess, spec_));
    const std::chrono::duration<double, std::milli> taken =
        std::chrono::steady_clock::now() - begun;
    std::cout << "database ensured in " << taken.count() << " ms\n";
    return error;
  }

  // From the host "was", which may reach it; "web" may not.
  Ran Query(const std::string& sql, const std::string& password, bool tls = true,
            const std::string& from = "was") {
    std::vector<std::string> arguments = {
        "mariadb", "--no-defaults", "--connect-timeout=2", "-N", "-h", spec_.interface.address,
        "-u",      "admin",         "-p" + password,       "-e", sql,  "memo"};
    if (tls) {
      arguments.insert(arguments.begin() + 2, {"--ssl-ca=" + authority_->root_file().string(),
                                               "--ssl-verify-server-cert"});
    } else {
      arguments.insert(arguments.begin() + 2, "--skip-ssl");
    }
    return RunCommand(arguments, net_->NamespaceOf(from).get());
  }

  TestDirectory directory_;
  std::unique_ptr<NetworkTestLab> net_;
  ChildProcesses processes_;
  std::unique_ptr<CertificateAuthority> authority_;
  std::unique_ptr<DatabaseServers> databases_;
  lab::DatabaseSpec spec_;
};

TEST_F(Database, ServesVerifiedTlsToThoseWhoMayAndKeepsWhatWasCommitted) {
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_EQ(ErrorOf(databases_->PrepareTemplate()), "");
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begun;
  std::cout << "template: " << taken.count() << " ms\n";
  ASSERT_EQ(Ensure(), "");
  const auto first = Query(
      "CREATE TABLE t (i INT PRIMARY KEY); INSERT INTO t VALUES (1);"
      " SELECT @@max_connections, @@log_bin; SHOW STATUS LIKE 'Ssl_version'",
      "right-password-1");
  EXPECT_EQ(first.exit_code, 0) << first.output;
  EXPECT_NE(first.output.find("50\t1"), std::string::npos) << first.output;
  EXPECT_NE(first.output.find("TLSv1.3"), std::string::npos) << first.output;
  EXPECT_NE(Query("SELECT 1", "wrong").exit_code, 0);
  EXPECT_NE(Query("SELECT 1", "right-password-1", false).exit_code, 0);
  EXPECT_NE(Query("SELECT 1", "right-password-1", true, "web").exit_code, 0);
  EXPECT_NE(Query("SET GLOBAL max_connections = 5", "right-password-1").exit_code, 0);
  const auto users = Query("SELECT COUNT(*) FROM mysql.user WHERE User = ''", "right-password-1");
  EXPECT_EQ(users.output, "0\n");

  ASSERT_EQ(Query("INSERT INTO t VALUES (2)", "right-password-1").exit_code, 0);
  ASSERT_TRUE(processes_.Signal(kProcess, SIGKILL).has_value());
  ASSERT_TRUE(Eventually([&] { return !processes_.Find(kProcess)->running; }));
  ASSERT_EQ(Ensure(), "");
  EXPECT_EQ(Query("SELECT COUNT(*) FROM t", "right-password-1").output, "2\n");

  const int pid = processes_.Find(kProcess)->pid;
  spec_.master_password_hash = kHash2;
  ASSERT_EQ(Ensure(), "");
  EXPECT_EQ(processes_.Find(kProcess)->pid, pid);
  EXPECT_NE(Query("SELECT 1", "right-password-1").exit_code, 0);
  EXPECT_EQ(Query("SELECT COUNT(*) FROM t", "right-password-2").output, "2\n");
}

}  // namespace
}  // namespace scv::world
