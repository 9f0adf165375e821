// The lanes against a store that fails on command: who is repeated, who is told, and when.
#include "memo/service/dispatcher.h"

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <future>

namespace scv::memo {
namespace {

using namespace std::chrono_literals;

// A store whose next failures are planned by the test. It records what reached it.
class PlannedStore : public Store {
 public:
  struct Session : StoreSession {
    explicit Session(PlannedStore& s) : store(s) {}
    PlannedStore& store;

    Result<void> Read(std::span<const ReadQuery* const> queries,
                      std::span<ReadAnswer* const> answers) override {
      SCV_TRY(store.Enter(queries.size()));
      for (std::size_t i = 0; i < queries.size(); ++i) {
        const auto& name = std::get<FindAccount>(*queries[i]).username;
        if (name == "poison") return Fail(ErrorKind::kInternal, "a poisoned read");
        answers[i]->status = ReadStatus::kFound;
        answers[i]->account.username = name;
      }
      return {};
    }
    Result<void> Write(std::span<const WriteCommand* const> commands,
                       std::span<WriteAnswer* const> answers, std::span<Error> failures) override {
      SCV_TRY(store.Enter(commands.size()));
      for (std::size_t i = 0; i < commands.size(); ++i) {
        answers[i]->status = WriteStatus::kApplied;
        if (commands[i]->now == 666) failures[i] = {ErrorKind::kInvalid, "refused"};
      }
      return {};
    }
    Result<void> Check() override { return {}; }
    Result<std::vector<SigningKey>> SigningKeys() override { return std::vector<SigningKey>{}; }
    Result<void> AddSigningKey(const SigningKey&, bool, Millis) override { return {}; }
    Result<std::vector<Account>> ListAccounts(const std::string&, std::uint32_t) override {
      return std::vector<Account>{};
    }
    Result<void> ResetPassword(const std::string&, const std::string&) override { return {}; }
    Result<bool> SeedOnce(const Account&, std::span<const Memo>) override { return false; }
    Result<std::uint64_t> Expire(Millis, Millis, std::uint32_t) override { return 0; }
  };

  Result<std::unique_ptr<StoreSession>> Open(std::chrono::milliseconds) override {
    std::lock_guard lock(mutex_);
    ++opens;
    return std::make_unique<Session>(*this);
  }
  Result<void> Migrate(std::chrono::milliseconds) override { return {}; }
  std::string_view kind() const override { return "planned"; }

  Result<void> Enter(std::size_t size) {
    std::unique_lock lock(mutex_);
    entered.push_back(size);
    changed_.notify_all();
    changed_.wait(lock, [&] { return !blocked_; });
    if (failures.empty()) return {};
    const ErrorKind kind = failures.front();
    failures.pop_front();
    return Fail(kind, "planned");
  }
  void Block(bool blocked) {
    std::lock_guard lock(mutex_);
    blocked_ = blocked;
    changed_.notify_all();
  }
  void WaitUntilEntered(std::size_t times) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, 5s, [&] { return entered.size() >= times; }));
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool blocked_ = false;
  std::deque<ErrorKind> failures;
  std::vector<std::size_t> entered;
  int opens = 0;
};

class QuietObserver : public LaneObserver {
 public:
  void OnBatch(std::size_t, std::chrono::nanoseconds, const Error*) override {}
  void OnOpen(const Error*) override {}
  void OnQueue(std::size_t) override {}
};

class DispatcherTest : public testing::Test {
 protected:
  DispatcherTest() {
    gate_.Open();
    loop_ = std::jthread([this] {
      const auto work = boost::asio::make_work_guard(io_);
      io_.run();
    });
  }
  ~DispatcherTest() override {
    store_.Block(false);
    io_.stop();
    loop_.join();
  }

  LaneOptions Options() {
    LaneOptions options;
    options.name = "test";
    return options;
  }

  std::shared_ptr<ReadJob> Submit(Lane<ReadJob>& lane, const std::string& name,
                                  std::chrono::milliseconds deadline,
                                  std::shared_future<void>& done) {
    auto job = std::make_shared<ReadJob>();
    job->deadline = std::chrono::steady_clock::now() + deadline;
    job->query = FindAccount{name};
    auto promise = std::make_shared<std::promise<void>>();
    done = promise->get_future().share();
    job->on_done = [promise] { promise->set_value(); };
    boost::asio::post(io_, [this, &lane, job] { lane.Submit(job, home_); });
    return job;
  }
  static void Wait(const std::shared_future<void>& done) {
    ASSERT_EQ(done.wait_for(5s), std::future_status::ready);
  }

  boost::asio::io_context io_;
  Home home_{io_};
  Gate gate_;
  PlannedStore store_;
  QuietObserver observer_;
  std::jthread loop_;
};

TEST_F(DispatcherTest, AnswersARead) {
  Lane<ReadJob> lane(store_, gate_, Options(), observer_);
  std::shared_future<void> done;
  const auto job = Submit(lane, "hong", 5s, done);
  Wait(done);
  EXPECT_FALSE(job->error.has_value());
  EXPECT_EQ(job->answer.account.username, "hong");
}

TEST_F(DispatcherTest, WhatWaitsTogetherGoesTogether) {
  Lane<ReadJob> lane(store_, gate_, Options(), observer_);
  store_.Block(true);
  std::vector<std::shared_future<void>> done(9);
  Submit(lane, "first", 5s, done[0]);
  store_.WaitUntilEntered(1);
  for (std::size_t i = 1; i < done.size(); ++i) Submit(lane, "next", 5s, done[i]);
  std::promise<void> all_submitted;
  boost::asio::post(io_, [&] { all_submitted.set_value(); });
  all_submitted.get_future().wait();
  store_.Block(false);
  for (const auto& one : done) Wait(one);
  EXPECT_EQ(store_.entered, (std::vector<std::size_t>{1, 8}));
}

TEST_F(DispatcherTest, ALostConnectionIsReplacedAndTheReadRepeated) {
  store_.failures = {ErrorKind::kUnavailable, ErrorKind::kReadOnly, ErrorKind::kTimeout};
  Lane<ReadJob> lane(store_, gate_, Options(), observer_);
  std::shared_future<void> done;
  const auto job = Submit(lane, "hong", 5s, done);
  Wait(done);
  EXPECT_FALSE(job->error.has_value());
  EXPECT_EQ(store_.opens, 4);
}

TEST_F(DispatcherTest, GivesUpAtTheDeadlineWithTheLastReason) {
  store_.failures.assign(10'000, ErrorKind::kUnavailable);
  Lane<ReadJob> lane(store_, gate_, Options(), observer_);
  std::shared_future<void> done;
  const auto job = Submit(lane, "hong", 100ms, done);
  Wait(done);
  ASSERT_TRUE(job->error.has_value());
  EXPECT_EQ(job->error->kind, ErrorKind::kUnavailable);
}

TEST_F(DispatcherTest, ABlockedWorkerDoesNotHoldTheWaitingRequest) {
  Lane<ReadJob> lane(store_, gate_, Options(), observer_);
  store_.Block(true);
  std::shared_future<void> done;
  const auto job = Submit(lane, "hong", 50ms, done);
  store_.WaitUntilEntered(1);
  while (done.wait_for(20ms) != std::future_status::ready) {
    boost::asio::post(io_, [this] { home_.GiveUpExpired(std::chrono::steady_clock::now()); });
  }
  ASSERT_TRUE(job->error.has_value());
  EXPECT_EQ(job->error->kind, ErrorKind::kTimeout);
  store_.Block(false);
}

TEST_F(DispatcherTest, OneBadReadDoesNotFailItsNeighbours) {
  Lane<ReadJob> lane(store_, gate_, Options(), observer_);
  store_.Block(true);
  std::vector<std::shared_future<void>> done(4);
  std::vector<std::shared_ptr<ReadJob>> jobs;
  jobs.push_back(Submit(lane, "first", 5s, done[0]));
  store_.WaitUntilEntered(1);
  jobs.push_back(Submit(lane, "a", 5s, done[1]));
  jobs.push_back(Submit(lane, "poison", 5s, done[2]));
  jobs.push_back(Submit(lane, "b", 5s, done[3]));
  store_.Block(false);
  for (const auto& one : done) Wait(one);
  EXPECT_FALSE(jobs[1]->error.has_value());
  EXPECT_TRUE(jobs[2]->error.has_value());
  EXPECT_FALSE(jobs[3]->error.has_value());
}

TEST_F(DispatcherTest, AFullQueueRefusesAtOnce) {
  LaneOptions options = Options();
  options.queue_max = 2;
  Lane<ReadJob> lane(store_, gate_, options, observer_);
  store_.Block(true);
  std::vector<std::shared_future<void>> done(4);
  Submit(lane, "first", 5s, done[0]);
  store_.WaitUntilEntered(1);
  for (std::size_t i = 1; i < 3; ++i) Submit(lane, "waits", 5s, done[i]);
  const auto refused = Submit(lane, "too many", 5s, done[3]);
  Wait(done[3]);
  ASSERT_TRUE(refused->error.has_value());
  EXPECT_EQ(refused->error->kind, ErrorKind::kOverloaded);
  store_.Block(false);
  for (const auto& one : done) Wait(one);
}

TEST_F(DispatcherTest, TheGateHoldsRequestsUntilTheSchemaIsThere) {
  Gate shut;
  Lane<ReadJob> lane(store_, shut, Options(), observer_);
  std::shared_future<void> done;
  const auto job = Submit(lane, "hong", 5s, done);
  EXPECT_EQ(done.wait_for(50ms), std::future_status::timeout);
  shut.Open();
  Wait(done);
  EXPECT_FALSE(job->error.has_value());
}

TEST_F(DispatcherTest, ARefusedWriteIsToldAndItsNeighbourDone) {
  Lane<WriteJob> lane(store_, gate_, Options(), observer_);
  std::vector<std::shared_ptr<WriteJob>> jobs;
  std::vector<std::future<void>> done;
  for (const Millis now : {Millis{1}, Millis{666}}) {
    auto job = std::make_shared<WriteJob>();
    job->deadline = std::chrono::steady_clock::now() + 5s;
    job->command.now = now;
    auto promise = std::make_shared<std::promise<void>>();
    done.push_back(promise->get_future());
    job->on_done = [promise] { promise->set_value(); };
    boost::asio::post(io_, [this, &lane, job] { lane.Submit(job, home_); });
    jobs.push_back(std::move(job));
  }
  for (auto& one : done) ASSERT_EQ(one.wait_for(5s), std::future_status::ready);
  EXPECT_FALSE(jobs[0]->error.has_value());
  ASSERT_TRUE(jobs[1]->error.has_value());
  EXPECT_EQ(jobs[1]->error->kind, ErrorKind::kInvalid);
}

TEST_F(DispatcherTest, EndingTheLaneAnswersWhatWaits) {
  auto lane = std::make_unique<Lane<ReadJob>>(store_, gate_, Options(), observer_);
  store_.Block(true);
  std::vector<std::shared_future<void>> done(2);
  Submit(*lane, "first", 5s, done[0]);
  store_.WaitUntilEntered(1);
  const auto waiting = Submit(*lane, "waits", 5s, done[1]);
  std::promise<void> submitted;
  boost::asio::post(io_, [&] { submitted.set_value(); });
  submitted.get_future().wait();
  std::jthread unblock([this] { store_.Block(false); });
  lane.reset();
  Wait(done[0]);
  Wait(done[1]);
}

}  // namespace
}  // namespace scv::memo
