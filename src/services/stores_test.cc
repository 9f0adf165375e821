// The two stores and the small parts under them, on a real disk.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "services/checksums.h"
#include "services/credentials.h"
#include "services/disk_object_store.h"
#include "services/encrypted_secret_store.h"

namespace scv::services {
namespace {

class Stores : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "scv-services.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::filesystem::path directory_;
};

TEST_F(Stores, ObjectsSurviveReopening) {
  {
    auto store = DiskObjectStore::Open(directory_);
    ASSERT_TRUE(store) << store.error().message;
    ASSERT_TRUE((*store)->CreateBucket("b", "r"));
    ASSERT_TRUE((*store)->PutBytes("b", "k", "one", {}));
    ASSERT_TRUE((*store)->PutBytes("b", "k", "two", {}));
  }
  auto store = DiskObjectStore::Open(directory_);
  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->Get("b", "k", 10).value(), "two");
  EXPECT_FALSE((*store)->Get("b", "k", 2));
  EXPECT_EQ((*store)->DeleteBucket("b").error().kind, ErrorKind::kConflict);
  ASSERT_TRUE((*store)->EmptyBucket("b"));
  EXPECT_TRUE((*store)->DeleteBucket("b"));
}

TEST_F(Stores, VersionsAndMarkers) {
  auto opened = DiskObjectStore::Open(directory_);
  ASSERT_TRUE(opened);
  auto& store = **opened;
  ASSERT_TRUE(store.CreateBucket("b", "r"));
  ASSERT_TRUE(store.SetVersioning("b", true));
  const auto first = store.PutBytes("b", "k", "one", {});
  ASSERT_TRUE(store.PutBytes("b", "k", "two", {}));
  ASSERT_TRUE(store.Delete("b", "k"));
  EXPECT_FALSE(store.Head("b", "k"));
  EXPECT_EQ(store.Get("b", "k", 10, first->version_id).value(), "one");
  ListQuery query;
  query.versions = true;
  EXPECT_EQ(store.List("b", query)->entries.size(), 3u);
}

TEST_F(Stores, SecretsMoveTheirStages) {
  auto opened = EncryptedSecretStore::Open(directory_);
  ASSERT_TRUE(opened) << opened.error().message;
  auto& store = **opened;
  ASSERT_TRUE(store.Put("arn", "v1", {"AWSCURRENT"}, "one"));
  ASSERT_TRUE(store.Put("arn", "v2", {"AWSCURRENT"}, "two"));
  EXPECT_EQ(store.Get("arn", "", "")->value, "two");
  EXPECT_EQ(store.Get("arn", "", "AWSPREVIOUS")->value, "one");
  EXPECT_EQ(store.Put("arn", "v2", {}, "other").error().kind, ErrorKind::kConflict);
  EXPECT_TRUE(store.MoveStage("arn", "AWSCURRENT", "v2", "v1"));
  EXPECT_EQ(store.Get("arn", "", "")->value, "one");
  EXPECT_FALSE(store.MoveStage("arn", "AWSCURRENT", "v2", "v2"));
  ASSERT_TRUE(store.Forget("arn"));
  EXPECT_EQ(store.Get("arn", "", "").error().kind, ErrorKind::kNotFound);
}

TEST_F(Stores, AnotherKeyIsRefused) {
  {
    auto store = EncryptedSecretStore::Open(directory_);
    ASSERT_TRUE((*store)->Put("arn", "v1", {}, "one"));
  }
  std::ofstream(directory_ / "secrets.key") << std::string(32, 'x');
  EXPECT_EQ(EncryptedSecretStore::Open(directory_).error().kind, ErrorKind::kInternal);
  std::filesystem::permissions(directory_ / "secrets.key", std::filesystem::perms(0644));
  EXPECT_EQ(EncryptedSecretStore::Open(directory_).error().kind, ErrorKind::kDenied);
}

TEST_F(Stores, RoleKeysOutliveTheProcess) {
  AccessKey key;
  {
    const auto credentials = Credentials::Open(directory_);
    ASSERT_TRUE(credentials);
    key = (*credentials)->Issue("was", "i-1", 1000);
  }
  const auto credentials = Credentials::Open(directory_);
  const auto known = (*credentials)->Find(key.access_key_id, key.session_token);
  ASSERT_TRUE(known);
  EXPECT_EQ(known->secret_access_key, key.secret_access_key);
  EXPECT_EQ(known->caller.role, "was");
  EXPECT_EQ(known->expires_at, key.expires_at);
  EXPECT_FALSE((*credentials)->Find(key.access_key_id, ""));
  EXPECT_FALSE((*credentials)->Find("ASIA" + std::string(16, 'X'), key.session_token));
  EXPECT_FALSE(Credentials::ShouldRenew(key, 1000));
  EXPECT_TRUE(Credentials::ShouldRenew(key, key.expires_at - 60000));
}

// "123456789" is what the check values of CRC catalogues are over.
TEST(Checksums, HaveTheirCheckValues) {
  const auto of = [](const char* header) {
    auto sum = MakeChecksum(header);
    sum->Add("123456789");
    return sum->Finish();
  };
  EXPECT_EQ(of("x-amz-checksum-crc32"), Base64("\xcb\xf4\x39\x26"));
  EXPECT_EQ(of("x-amz-checksum-crc32c"), Base64("\xe3\x06\x92\x83"));
  EXPECT_EQ(of("x-amz-checksum-crc64nvme"), Base64("\xae\x8b\x14\x86\x0a\x79\x98\x88"));
  EXPECT_EQ(MakeChecksum("x-amz-checksum-md4"), nullptr);
}

}  // namespace
}  // namespace scv::services
