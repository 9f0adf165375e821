// The lane that asks the replica, and the policy, against a replica that answers on command. Real
// ones: http/durability_test.cc.
#include "memo/service/global_durability.h"

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <future>

namespace scv::memo {
namespace {

using namespace std::chrono_literals;

// Answers looks with what was planned, the last plan for ever. It records what reached it. The
// probe's looks, which are about nothing, are answered well unless `down`.
class PlannedReplica : public Replica {
 public:
  struct Session : ReplicaSession {
    explicit Session(PlannedReplica& r) : replica(r) {}
    PlannedReplica& replica;
    Result<std::vector<bool>> Look(std::span<const Evidence* const> evidence,
                                   std::chrono::milliseconds patience) override {
      return replica.Answer(evidence.size(), patience);
    }
  };

  Result<std::unique_ptr<ReplicaSession>> Open(std::chrono::milliseconds) override {
    std::lock_guard lock(mutex_);
    ++opens;
    if (down) return Fail(ErrorKind::kUnavailable, "planned outage");
    return std::make_unique<Session>(*this);
  }

  Result<std::vector<bool>> Answer(std::size_t size, std::chrono::milliseconds patience) {
    std::lock_guard lock(mutex_);
    if (down) return Fail(ErrorKind::kUnavailable, "planned outage");
    if (size == 0) return std::vector<bool>{};
    looks.push_back(patience);
    const Result<bool> plan = plans.front();
    if (plans.size() > 1) plans.pop_front();
    if (!plan) return std::unexpected(plan.error());
    return std::vector<bool>(size, *plan);
  }
  void Plan(std::deque<Result<bool>> planned) {
    std::lock_guard lock(mutex_);
    plans = std::move(planned);
  }
  void SetDown(bool is_down) {
    std::lock_guard lock(mutex_);
    down = is_down;
  }

  std::mutex mutex_;
  std::deque<Result<bool>> plans{true};
  std::vector<std::chrono::milliseconds> looks;
  bool down = false;
  int opens = 0;
};

class GlobalDurabilityTest : public testing::Test {
 protected:
  GlobalDurabilityTest() {
    gate_.Open();
    config_.global_timeout = 300ms;
    loop_ = std::jthread([this] {
      const auto work = boost::asio::make_work_guard(io_);
      io_.run();
    });
  }
  ~GlobalDurabilityTest() override {
    io_.stop();
    loop_.join();
  }

  std::unique_ptr<GlobalDurability> Make() {
    return std::make_unique<GlobalDurability>(replica_, gate_, config_, metrics_);
  }
  // The error of one confirmation.
  std::optional<Error> Confirm(GlobalDurability& global, const std::string& gtid = "0-1-7") {
    auto job = std::make_shared<ConfirmJob>();
    job->deadline = std::chrono::steady_clock::now() + 5s;
    job->evidence.place = {1, gtid};
    job->evidence.records.push_back({7, {}});
    std::promise<void> done;
    job->on_done = [&done] { done.set_value(); };
    boost::asio::post(io_, [this, &global, job] { global.Submit(job, home_); });
    EXPECT_EQ(done.get_future().wait_for(10s), std::future_status::ready);
    return job->error;
  }

  PlannedReplica replica_;
  boost::asio::io_context io_;
  Home home_{io_};
  Gate gate_;
  ServeConfig config_;
  Metrics metrics_{{}, "test", "test"};
  std::jthread loop_;
};

TEST_F(GlobalDurabilityTest, WaitsForAPlaceThatIsKnownAndAsksAgainUntilItIsThere) {
  replica_.Plan({false, false, true});
  const auto global = Make();
  EXPECT_FALSE(Confirm(*global).has_value());
  ASSERT_EQ(replica_.looks.size(), 3U);
  for (const auto patience : replica_.looks) EXPECT_GT(patience, 0ms);
}

TEST_F(GlobalDurabilityTest, LooksFirstForWhatWasMadeBefore) {
  replica_.Plan({false, true});
  const auto global = Make();
  EXPECT_FALSE(Confirm(*global, "").has_value());
  ASSERT_EQ(replica_.looks.size(), 2U);
  EXPECT_EQ(replica_.looks.front(), 0ms);
}

TEST_F(GlobalDurabilityTest, WhateverTheReplicaSuffersFromIsRepeated) {
  replica_.Plan({Fail(ErrorKind::kUnavailable, "lost"), Fail(ErrorKind::kInternal, "odd"),
                 Fail(ErrorKind::kDenied, "the password is on its way"), true});
  const auto global = Make();
  EXPECT_FALSE(Confirm(*global).has_value());
  EXPECT_EQ(replica_.looks.size(), 4U);
}

TEST_F(GlobalDurabilityTest, AServerThatIsNoReplicaIsNotAskedTwice) {
  replica_.Plan({Fail(ErrorKind::kConflict, "writable")});
  const auto global = Make();
  const auto error = Confirm(*global);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->kind, ErrorKind::kConflict);
  EXPECT_EQ(replica_.looks.size(), 1U);
}

TEST_F(GlobalDurabilityTest, TheLimitIsKept) {
  replica_.Plan({false});
  const auto global = Make();
  const auto begin = std::chrono::steady_clock::now();
  const auto error = Confirm(*global);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->kind, ErrorKind::kTimeout);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, config_.global_timeout);
  // 5, 10, 20 ... ms apart.
  EXPECT_LE(replica_.looks.size(), 12U);
}

TEST_F(GlobalDurabilityTest, ThePolicyDecidesWhatAnUnconfirmedWriteIs) {
  const SteadyTime now = std::chrono::steady_clock::now();
  const Error error{ErrorKind::kTimeout, "late"};
  auto global = Make();
  EXPECT_EQ(global->Judge(std::nullopt, now), GlobalDurability::Outcome::kConfirmed);
  EXPECT_EQ(global->Judge(error, now), GlobalDurability::Outcome::kFailed);
  config_.global_fallback = "region";
  global = Make();
  EXPECT_EQ(global->Judge(error, now), GlobalDurability::Outcome::kFellBack);
}

TEST_F(GlobalDurabilityTest, NobodyWaitsForAReplicaThatIsKnownToBeSilent) {
  replica_.SetDown(true);
  const auto global = Make();
  const auto end = std::chrono::steady_clock::now() + 20s;
  std::optional<Error> error;
  do {
    error = Confirm(*global);
    ASSERT_TRUE(error.has_value());
  } while (error->message.find("cannot be asked") == std::string::npos &&
           std::chrono::steady_clock::now() < end);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(Confirm(*global).has_value());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10 * config_.global_timeout);
  replica_.SetDown(false);
  do {
    error = Confirm(*global);
  } while (error && std::chrono::steady_clock::now() < end);
  EXPECT_FALSE(error.has_value()) << error->message;
}

}  // namespace
}  // namespace scv::memo
