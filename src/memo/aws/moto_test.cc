// Against moto, an implementation of Secrets Manager that is not ours. Debian has no package of it,
// so that most machines skip this.
#include <gtest/gtest.h>

#include "memo/aws/secret_credentials.h"
#include "memo/aws/test_server.h"

namespace scv::memo {
namespace {

using boost::json::object;

class MotoTest : public testing::Test {
 protected:
  void SetUp() override {
    server_ = TestServer::Start("run_moto.py", "moto.server");
    if (!server_) {
      GTEST_SKIP() << "needs Python's moto with its server (pip install 'moto[server]')";
    }
  }

  object Must(std::string_view operation, const object& body) {
    auto answer = server_->Call(operation, body);
    EXPECT_TRUE(answer) << operation << ": " << answer.error().message;
    return answer ? *answer : object();
  }

  std::unique_ptr<TestServer> server_;
};

std::string Document(const std::string& password) {
  return R"({"engine":"mariadb","host":"db.internal","port":3306,"username":"memo","password":")" +
         password + R"(","dbname":"memo"})";
}

TEST_F(MotoTest, ASecretAndItsRotation) {
  SecretCredentials::Options options;
  options.read_every_min = std::chrono::milliseconds(0);
  auto source = MakeSecretCredentials(server_->EnvironmentWithKey(), "memo/database", options);
  const auto missing = source->Get(false);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kNotFound);

  const object made =
      Must("CreateSecret", {{"Name", "memo/database"}, {"SecretString", Document("old")}});
  auto credentials = source->Get(false);
  ASSERT_TRUE(credentials) << credentials.error().message;
  EXPECT_EQ(credentials->password.Reveal(), "old");
  EXPECT_EQ(credentials->host, "db.internal");
  EXPECT_EQ(credentials->port, 3306);

  const object put =
      Must("PutSecretValue", {{"SecretId", "memo/database"},
                              {"SecretString", Document("new")},
                              {"ClientRequestToken", "11111111-2222-3333-4444-555555555555"},
                              {"VersionStages", {"AWSPENDING"}}});
  EXPECT_EQ(source->Get(true)->password.Reveal(), "old");
  Must("UpdateSecretVersionStage", {{"SecretId", "memo/database"},
                                    {"VersionStage", "AWSCURRENT"},
                                    {"RemoveFromVersionId", made.at("VersionId")},
                                    {"MoveToVersionId", put.at("VersionId")}});
  EXPECT_EQ(source->Get(true)->password.Reveal(), "new");
}

TEST_F(MotoTest, ByArnAndAfterDeletion) {
  const object made =
      Must("CreateSecret", {{"Name", "memo/other"}, {"SecretString", Document("pw")}});
  const std::string arn(made.at("ARN").as_string());
  const auto environment = server_->EnvironmentWithKey();
  SecretsManager manager(environment, std::make_shared<InstanceMetadata>(environment));
  const auto limits = CallLimits::Within(std::chrono::seconds(20));
  EXPECT_TRUE(manager.GetSecretValue(arn, limits));
  Must("DeleteSecret", {{"SecretId", arn}});
  EXPECT_EQ(manager.GetSecretValue(arn, limits).error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace scv::memo
