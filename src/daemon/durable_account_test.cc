#include "daemon/durable_account.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <filesystem>
#include <thread>

namespace scv::daemon {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

const aws::ResourceKey kVpc{.region = "ap-northeast-2", .type = "aws_vpc", .id = "vpc-1"};

class DurableAccountTest : public testing::Test {
 protected:
  DurableAccountTest() {
    std::string name = (std::filesystem::temp_directory_path() / "scv-account-XXXXXX").string();
    directory_ = mkdtemp(name.data());
    Open();
  }
  ~DurableAccountTest() override {
    account_.reset();
    std::filesystem::remove_all(directory_);
  }

  void Open() {
    account_.reset();
    auto store = StateStore::Open(directory_ / "state.db");
    ASSERT_TRUE(store.has_value()) << store.error().message;
    auto loaded = (*store)->Load();
    ASSERT_TRUE(loaded.has_value());
    account_ = std::make_unique<DurableAccount>(std::move(*store), std::move(loaded->first));
  }

  Result<void> PutVpc(std::string cidr, bool creating = false) {
    return account_->Write([&](aws::DesiredState& state) -> Result<void> {
      aws::Resource resource;
      resource.key = kVpc;
      resource.attributes = {{"cidr_block", cidr}};
      if (creating) resource.attributes[aws::kCreatingMark] = true;
      state.Put(std::move(resource));
      return {};
    });
  }

  void Settle(aws::Status status, std::string reason = {}) {
    const auto* resource = account_->State()->Find(kVpc);
    ASSERT_NE(resource, nullptr);
    ASSERT_TRUE(account_->Settle(
        {{kVpc, {.status = status, .reason = reason, .revision = resource->revision}}}, {}));
  }

  static bool Never() { return false; }

  std::filesystem::path directory_;
  std::unique_ptr<DurableAccount> account_;
};

TEST_F(DurableAccountTest, AWriteSurvivesTheProcess) {
  ASSERT_TRUE(PutVpc("10.0.0.0/16"));
  Open();
  const auto* vpc = account_->State()->Find(kVpc);
  ASSERT_NE(vpc, nullptr);
  EXPECT_EQ(aws::String(vpc->attributes, "cidr_block"), "10.0.0.0/16");
}

TEST_F(DurableAccountTest, AChangeThatFailsChangesNothing) {
  const auto written = account_->Write([](aws::DesiredState& state) -> Result<void> {
    aws::Resource resource;
    resource.key = kVpc;
    state.Put(std::move(resource));
    return Fail(ErrorKind::kInvalid, "no");
  });
  EXPECT_FALSE(written.has_value());
  EXPECT_EQ(account_->State()->Find(kVpc), nullptr);
}

TEST_F(DurableAccountTest, WaitsUntilTheLabHasFollowed) {
  ASSERT_TRUE(PutVpc("10.0.0.0/16"));
  std::jthread lab([this] { Settle(aws::Status::kAvailable); });
  EXPECT_TRUE(account_->WaitSettled(kVpc, Clock::now() + 5s, Never));
}

TEST_F(DurableAccountTest, WhatWasSettledBeforeTheLastWriteDoesNotCount) {
  ASSERT_TRUE(PutVpc("10.0.0.0/16"));
  Settle(aws::Status::kAvailable);
  ASSERT_TRUE(PutVpc("10.1.0.0/16"));
  const auto waited = account_->WaitSettled(kVpc, Clock::now() + 20ms, Never);
  ASSERT_FALSE(waited.has_value());
  EXPECT_EQ(waited.error().kind, ErrorKind::kTimeout);
}

TEST_F(DurableAccountTest, ATimeoutSaysWhatIsMissing) {
  ASSERT_TRUE(PutVpc("10.0.0.0/16"));
  Settle(aws::Status::kPending, "router vpc-1 is starting");
  const auto waited = account_->WaitSettled(kVpc, Clock::now() + 20ms, Never);
  ASSERT_FALSE(waited.has_value());
  EXPECT_NE(waited.error().message.find("router vpc-1 is starting"), std::string::npos);
}

TEST_F(DurableAccountTest, AnInterruptedWaitEnds) {
  ASSERT_TRUE(PutVpc("10.0.0.0/16"));
  const auto waited = account_->WaitSettled(kVpc, Clock::now() + 1h, [] { return true; });
  ASSERT_FALSE(waited.has_value());
  EXPECT_EQ(waited.error().kind, ErrorKind::kConflict);
}

TEST_F(DurableAccountTest, ADeletedResourceStaysUntilTheLabLetGoEvenAcrossARestart) {
  ASSERT_TRUE(PutVpc("10.0.0.0/16"));
  ASSERT_TRUE(account_->Delete(kVpc));
  EXPECT_FALSE(account_->Read(kVpc).has_value());
  Open();
  const auto* vpc = account_->State()->Find(kVpc);
  ASSERT_NE(vpc, nullptr);
  EXPECT_TRUE(IsDeleting(*vpc));
  EXPECT_EQ(vpc->status, aws::Status::kDeleting);
  std::jthread lab([this] { EXPECT_TRUE(account_->Settle({}, {kVpc})); });
  EXPECT_TRUE(account_->WaitSettled(kVpc, Clock::now() + 5s, Never));
  EXPECT_EQ(account_->State()->Find(kVpc), nullptr);
}

TEST_F(DurableAccountTest, WhatWasCreatedAnewIsNotRemovedByALateSettle) {
  ASSERT_TRUE(PutVpc("10.0.0.0/16"));
  ASSERT_TRUE(account_->Settle({}, {kVpc}));
  EXPECT_NE(account_->State()->Find(kVpc), nullptr);
}

TEST_F(DurableAccountTest, WhatWasNotAcknowledgedIsKnownToTheNextDaemon) {
  ASSERT_TRUE(PutVpc("10.0.0.0/16", /*creating=*/true));
  Open();
  EXPECT_EQ(Unacknowledged(*account_->State()), std::vector{kVpc});
}

TEST_F(DurableAccountTest, AnAcknowledgedResourceIsAcknowledgedForGoodAndElseAsItWas) {
  ASSERT_TRUE(PutVpc("10.0.0.0/16", /*creating=*/true));
  Settle(aws::Status::kAvailable);
  ASSERT_TRUE(account_->Acknowledge(kVpc));
  EXPECT_TRUE(account_->WaitSettled(kVpc, Clock::now() + 20ms, Never)) << "the revision changed";
  Open();
  EXPECT_TRUE(Unacknowledged(*account_->State()).empty());
  EXPECT_EQ(aws::String(account_->State()->Find(kVpc)->attributes, "cidr_block"), "10.0.0.0/16");
  EXPECT_TRUE(account_->Acknowledge({.region = "x", .type = "aws_vpc", .id = "gone"}));
}

// No file of this process may grow: what a full disk does, and reversibly.
class FullDisk {
 public:
  FullDisk() {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit none{.rlim_cur = 0, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

TEST_F(DurableAccountTest, WhatTheDiskDidNotTakeWasNotDone) {
  ASSERT_TRUE(PutVpc("10.0.0.0/16"));
  {
    const FullDisk full;
    EXPECT_EQ(PutVpc("10.1.0.0/16").error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(aws::String(account_->State()->Find(kVpc)->attributes, "cidr_block"), "10.0.0.0/16");
  }
  ASSERT_TRUE(PutVpc("10.2.0.0/16"));
  Open();
  EXPECT_EQ(aws::String(account_->State()->Find(kVpc)->attributes, "cidr_block"), "10.2.0.0/16");
}

TEST_F(DurableAccountTest, AnAcknowledgementOutlivesAFullDisk) {
  ASSERT_TRUE(PutVpc("10.0.0.0/16", /*creating=*/true));
  std::atomic<int> told = 0;
  account_->OnChange([&] { ++told; });
  {
    const FullDisk full;
    EXPECT_FALSE(account_->Acknowledge(kVpc));
    EXPECT_EQ(told, 1) << "nobody knows that it is to be tried again";
    EXPECT_FALSE(account_->CatchUp());
  }
  EXPECT_TRUE(account_->CatchUp());
  Open();
  EXPECT_TRUE(Unacknowledged(*account_->State()).empty());
}

TEST_F(DurableAccountTest, TellsOfEachChange) {
  std::atomic<int> told = 0;
  account_->OnChange([&] { ++told; });
  ASSERT_TRUE(PutVpc("10.0.0.0/16"));
  ASSERT_TRUE(account_->Delete(kVpc));
  EXPECT_EQ(told, 2);
}

}  // namespace
}  // namespace scv::daemon
