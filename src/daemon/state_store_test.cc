#include "daemon/state_store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace scv::daemon {
namespace {

class StateStoreTest : public testing::Test {
 protected:
  StateStoreTest() {
    std::string name = (std::filesystem::temp_directory_path() / "scv-state-XXXXXX").string();
    directory_ = mkdtemp(name.data());
    file_ = directory_ / "state.db";
  }
  ~StateStoreTest() override { std::filesystem::remove_all(directory_); }

  std::unique_ptr<StateStore> Opened() {
    auto store = StateStore::Open(file_);
    EXPECT_TRUE(store.has_value()) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }

  std::filesystem::path directory_, file_;
};

aws::Resource Vpc(std::string id, std::string cidr) {
  aws::Resource resource;
  resource.key = {.region = "ap-northeast-2", .type = "aws_vpc", .id = std::move(id)};
  resource.attributes = {{"cidr_block", cidr}, {"tags", {{"Name", "메모"}}}};
  resource.created_at = 42;
  resource.revision = 7;
  return resource;
}

TEST_F(StateStoreTest, GivesBackWhatWasSaved) {
  ASSERT_TRUE(Opened()->Save({.put = {Vpc("vpc-1", "10.0.0.0/16")},
                              .removed = {},
                              .documents = {{{"instance", "i-1"}, "{}"}},
                              .forgotten = {}}));
  const auto loaded = Opened()->Load();
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  const auto* vpc = loaded->first.Find("ap-northeast-2", "aws_vpc", "vpc-1");
  ASSERT_NE(vpc, nullptr);
  EXPECT_EQ(vpc->attributes, Vpc("vpc-1", "10.0.0.0/16").attributes);
  EXPECT_EQ(vpc->created_at, 42);
  EXPECT_EQ(loaded->first.revision(), 7U);
  EXPECT_EQ(loaded->second.at({"instance", "i-1"}), "{}");
}

TEST_F(StateStoreTest, ReplacesAndRemoves) {
  const auto store = Opened();
  ASSERT_TRUE(store->Save({.put = {Vpc("vpc-1", "10.0.0.0/16"), Vpc("vpc-2", "10.1.0.0/16")},
                           .removed = {},
                           .documents = {{{"instance", "i-1"}, "{}"}},
                           .forgotten = {}}));
  ASSERT_TRUE(store->Save({.put = {Vpc("vpc-1", "10.9.0.0/16")},
                           .removed = {Vpc("vpc-2", "").key},
                           .documents = {},
                           .forgotten = {{"instance", "i-1"}}}));
  const auto loaded = store->Load();
  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(loaded->first.all().size(), 1U);
  EXPECT_TRUE(loaded->second.empty());
}

TEST_F(StateStoreTest, IsPrivate) {
  Opened();
  EXPECT_EQ(std::filesystem::status(file_).permissions() & std::filesystem::perms(0777),
            std::filesystem::perms(0600));
}

TEST_F(StateStoreTest, RefusesARowThatWasChangedBehindItsBack) {
  ASSERT_TRUE(Opened()->Save(
      {.put = {Vpc("vpc-1", "10.0.0.0/16")}, .removed = {}, .documents = {}, .forgotten = {}}));
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(file_.c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, "UPDATE resource SET attributes = replace(attributes, '10.0', '10.6')",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(db);
  const auto loaded = Opened()->Load();
  ASSERT_FALSE(loaded.has_value());
  EXPECT_NE(loaded.error().message.find("damaged"), std::string::npos);
  EXPECT_NE(loaded.error().message.find("scv down"), std::string::npos);
}

TEST_F(StateStoreTest, RefusesAFileThatIsNoDatabaseAndLeavesItAlone) {
  const std::string rubbish(4096, 'x');
  std::ofstream(file_) << rubbish;
  const auto store = StateStore::Open(file_);
  ASSERT_FALSE(store.has_value());
  EXPECT_NE(store.error().message.find("damaged"), std::string::npos) << store.error().message;
  EXPECT_EQ(std::filesystem::file_size(file_), rubbish.size());
}

TEST_F(StateStoreTest, RefusesATornFile) {
  auto store = Opened();
  StateChange change;
  for (int i = 0; i < 200; ++i)
    change.put.push_back(Vpc("vpc-" + std::to_string(i), "10.0.0.0/16"));
  ASSERT_TRUE(store->Save(change));
  store.reset();
  std::filesystem::resize_file(file_, std::filesystem::file_size(file_) / 2);
  auto torn = StateStore::Open(file_);
  if (torn) {
    EXPECT_FALSE((*torn)->Load().has_value());
  } else {
    EXPECT_NE(torn.error().message.find("damaged"), std::string::npos) << torn.error().message;
  }
}

TEST_F(StateStoreTest, RefusesANewerFormat) {
  Opened();
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(file_.c_str(), &db), SQLITE_OK);
  sqlite3_exec(db, "PRAGMA user_version = 99", nullptr, nullptr, nullptr);
  sqlite3_close(db);
  const auto store = StateStore::Open(file_);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().kind, ErrorKind::kConflict);
  EXPECT_NE(store.error().message.find("newer program"), std::string::npos);
}

}  // namespace
}  // namespace scv::daemon
