#include "memo/aws/database_secret.h"

#include <gtest/gtest.h>

#include "memo/aws/json_fields.h"

namespace scv::memo {
namespace {

std::string With(const std::string& fields) {
  return R"({"username":"memo","password":"s3cr3t-pw")" + fields + "}";
}

// Refused as invalid, with a message that names `field` and gives nothing away.
void ExpectRefused(const std::string& document, const std::string& field) {
  const auto secret = ParseDatabaseSecret(document);
  ASSERT_FALSE(secret) << document.substr(0, 200);
  EXPECT_EQ(secret.error().kind, ErrorKind::kInvalid);
  EXPECT_NE(secret.error().message.find(field), std::string::npos) << secret.error().message;
  EXPECT_EQ(secret.error().message.find("s3cr3t"), std::string::npos);
}

TEST(DatabaseSecret, TheShapeOfRds) {
  const auto secret = ParseDatabaseSecret(
      R"({"engine":"mariadb","host":"db.internal","port":3307,"username":"memo",
          "password":"p\"ä\\","dbname":"memo","dbInstanceIdentifier":"seoul","masterarn":"x"})");
  ASSERT_TRUE(secret) << secret.error().message;
  EXPECT_EQ(secret->username, "memo");
  EXPECT_EQ(secret->password.Reveal(), "p\"ä\\");
  EXPECT_EQ(secret->host, "db.internal");
  EXPECT_EQ(secret->port, 3307);
  EXPECT_EQ(secret->database, "memo");
}

TEST(DatabaseSecret, UserAndPasswordAreEnough) {
  const auto secret = ParseDatabaseSecret(With(""));
  ASSERT_TRUE(secret) << secret.error().message;
  EXPECT_EQ(secret->host, "");
  EXPECT_EQ(secret->port, 0);
  EXPECT_EQ(secret->database, "");
}

TEST(DatabaseSecret, APortMayBeDigits) {
  EXPECT_EQ(ParseDatabaseSecret(With(R"(,"port":"3306")"))->port, 3306);
  EXPECT_EQ(ParseDatabaseSecret(With(R"(,"port":65535)"))->port, 65535);
}

TEST(DatabaseSecret, UnusablePortsAreRefused) {
  for (const char* port : {"0", "-1", "65536", "3306.0", "1e3", "18446744073709551615", "null",
                           "true", "[3306]", "\"\"", "\" 3306\"", "\"3306x\"", "\"99999999999\""}) {
    ExpectRefused(With(std::string(",\"port\":") + port), "\"port\"");
  }
}

TEST(DatabaseSecret, TypesAreStrict) {
  for (const char* value : {"null", "7", "true", "{}", "[\"s3cr3t\"]", "\"\""}) {
    for (const char* field : {"host", "dbname", "engine"}) {
      ExpectRefused(With(std::string(",\"") + field + "\":" + value), field);
    }
    ExpectRefused(std::string(R"({"username":"memo","password":)") + value + "}", "\"password\"");
    ExpectRefused(std::string(R"({"password":"s3cr3t","username":)") + value + "}", "\"username\"");
  }
  ExpectRefused(R"({"username":"memo"})", "\"password\"");
  ExpectRefused(R"({"password":"s3cr3t"})", "\"username\"");
}

TEST(DatabaseSecret, NothingThatIsNoHostBecomesOne) {
  for (const char* host :
       {"/run/mysqld.sock", "a b", "-h", "db,evil", "user@db", "d\\u0000b", "ü"}) {
    ExpectRefused(With(std::string(R"(,"host":")") + host + '"'), "\"host\"");
  }
  EXPECT_EQ(ParseDatabaseSecret(With(R"(,"host":"fd00::1")"))->host, "fd00::1");
}

TEST(DatabaseSecret, ControlCharactersAreRefused) {
  ExpectRefused(R"({"username":"me\u0000mo","password":"s3cr3t"})", "\"username\"");
  ExpectRefused(R"({"username":"memo","password":"s3cr3t\n"})", "\"password\"");
  ExpectRefused(With(R"(,"dbname":"a\u0007")"), "\"dbname\"");
}

TEST(DatabaseSecret, OnlyEnginesThatWeSpeakTo) {
  EXPECT_TRUE(ParseDatabaseSecret(With(R"(,"engine":"mysql")")));
  ExpectRefused(With(R"(,"engine":"postgres")"), "\"engine\"");
}

TEST(DatabaseSecret, GarbageIsRefused) {
  for (const std::string document :
       {"", " ", "s3cr3t", "\"s3cr3t\"", "[]", "null", "{", "{\"username\":\"s3cr3t\"",
        "{\"username\":\"a\",\"password\":\"s3cr3t\"}x", "{\"a\":\"\xff\xfe\"}", "{'a':1}"}) {
    ExpectRefused(document, "the database secret");
  }
}

TEST(DatabaseSecret, SizeAndDepthAreBounded) {
  ExpectRefused(With(",\"x\":\"" + std::string(JsonFields::kBytesMax, 'x') + '"'), "64 KiB");
  ExpectRefused(std::string(60'000, '['), "not JSON");
  const std::string deep = std::string(30'000, '[') + std::string(30'000, ']');
  ExpectRefused(With(",\"x\":" + deep), "not JSON");
  ExpectRefused(R"({"username":"memo","password":")" + std::string(1025, 's') + "\"}",
                "\"password\"");
  EXPECT_TRUE(ParseDatabaseSecret(With(",\"x\":[[[[1]]]]")));
}

TEST(Secret, IsGoneFromWhereItWas) {
  Secret first("short");  // inside the object, without a heap block
  const Secret second = std::move(first);
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_EQ(second.Reveal(), "short");
  const auto* bytes = reinterpret_cast<const char*>(&first);
  EXPECT_EQ(std::string_view(bytes, sizeof(first)).find("hort"), std::string_view::npos);
}

}  // namespace
}  // namespace scv::memo
