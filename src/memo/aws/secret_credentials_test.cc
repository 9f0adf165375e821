#include "memo/aws/secret_credentials.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <vector>

#include "memo/aws/test_server.h"

namespace scv::memo {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

SecretCredentials::Options Every(milliseconds reread, milliseconds read_min) {
  SecretCredentials::Options options;
  options.reread_every = reread;
  options.read_every_min = read_min;
  options.retry_every = reread;
  return options;
}

// A secret that counts how often it is read, and answers when the test lets it.
class CountedSecret {
 public:
  SecretCredentials::Read Reader() {
    return [this](const CallLimits& limits) -> Result<SecretValue> {
      const int n = ++reads;
      std::unique_lock lock(mutex_);
      const bool let =
          open_.wait_until(lock, limits.stop, limits.deadline, [this] { return let_; });
      if (!let) {
        return Fail(ErrorKind::kTimeout, "held");
      }
      if (failing) {
        return Fail(ErrorKind::kUnavailable, "failing");
      }
      const std::string version = std::to_string(n);
      return SecretValue{Secret(R"({"username":"memo","password":"pw)" + version + "\"}"), version};
    };
  }
  void Hold() {
    const std::lock_guard lock(mutex_);
    let_ = false;
  }
  void Release() {
    const std::lock_guard lock(mutex_);
    let_ = true;
    open_.notify_all();
  }
  // Until `n` reads have begun.
  void AwaitReads(int n) {
    while (reads < n) {
      std::this_thread::yield();
    }
  }

  std::atomic<int> reads = 0;
  std::atomic<bool> failing = false;

 private:
  std::mutex mutex_;
  std::condition_variable_any open_;
  bool let_ = true;
};

std::string Password(const Result<DatabaseCredentials>& credentials) {
  return credentials ? credentials->password.Reveal() : std::string(Name(credentials.error().kind));
}

TEST(SecretCredentials, IsReadOnceAndKept) {
  CountedSecret secret;
  SecretCredentials source(secret.Reader(), Every(hours(1), hours(1)));
  EXPECT_EQ(secret.reads, 0) << "read before anybody asked";
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(Password(source.Get(false)), "pw1");
  }
  EXPECT_EQ(secret.reads, 1);
}

TEST(SecretCredentials, ManyRefusedCallersMakeOneRequest) {
  CountedSecret secret;
  SecretCredentials source(secret.Reader(), Every(hours(1), hours(1)));
  secret.Hold();
  constexpr int kCallers = 32;
  std::latch started(kCallers);
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < kCallers; ++i) {
    answers.push_back(std::async(std::launch::async, [&source, &started] {
      started.count_down();
      return Password(source.Get(true));
    }));
  }
  started.wait();
  secret.AwaitReads(1);
  secret.Release();
  for (auto& answer : answers) {
    EXPECT_EQ(answer.get(), "pw1");
  }
  EXPECT_EQ(secret.reads, 1);
}

TEST(SecretCredentials, RefreshReadsAtOnceButNotTooOften) {
  CountedSecret secret;
  SecretCredentials eager(secret.Reader(), Every(hours(1), milliseconds(0)));
  EXPECT_EQ(Password(eager.Get(false)), "pw1");
  EXPECT_EQ(Password(eager.Get(true)), "pw2");
  EXPECT_EQ(Password(eager.Get(false)), "pw2");
  CountedSecret calm_secret;
  SecretCredentials calm(calm_secret.Reader(), Every(hours(1), hours(1)));
  EXPECT_EQ(Password(calm.Get(false)), "pw1");
  EXPECT_EQ(Password(calm.Get(true)), "pw1");
  EXPECT_EQ(calm_secret.reads, 1);
}

TEST(SecretCredentials, AnOldOneIsReadAgainBehindTheCallersBack) {
  CountedSecret secret;
  std::promise<void> second;
  SecretCredentials source(secret.Reader(), Every(milliseconds(0), milliseconds(0)),
                           [&second](const SecretCredentials::Reading& reading) {
                             if (reading.version_id == "2") {
                               second.set_value();
                             }
                           });
  EXPECT_EQ(Password(source.Get(false)), "pw1");
  secret.Hold();
  EXPECT_EQ(Password(source.Get(false)), "pw1") << "a caller waited for the re-reading";
  secret.AwaitReads(2);
  secret.Release();
  second.get_future().wait();
  EXPECT_EQ(Password(source.Get(true)).substr(0, 2), "pw");
  EXPECT_NE(Password(source.Get(false)), "pw1");
}

TEST(SecretCredentials, AFailedRereadKeepsWhatThereIs) {
  CountedSecret secret;
  SecretCredentials source(secret.Reader(), Every(hours(1), milliseconds(0)));
  EXPECT_EQ(Password(source.Get(false)), "pw1");
  secret.failing = true;
  EXPECT_EQ(Password(source.Get(true)), "unavailable");
  EXPECT_EQ(Password(source.Get(false)), "pw1");
  secret.failing = false;
  EXPECT_EQ(Password(source.Get(true)), "pw3");
}

TEST(SecretCredentials, AFirstFailureIsTheCallersAndIsTriedAgain) {
  CountedSecret secret;
  secret.failing = true;
  SecretCredentials source(secret.Reader(), Every(hours(1), milliseconds(0)));
  EXPECT_EQ(Password(source.Get(false)), "unavailable");
  secret.failing = false;
  EXPECT_EQ(Password(source.Get(false)), "pw2");
}

TEST(SecretCredentials, AReadThatHangsHoldsNobodyForEver) {
  CountedSecret secret;
  secret.Hold();
  auto options = Every(hours(1), milliseconds(0));
  options.read_max = milliseconds(100);
  SecretCredentials source(secret.Reader(), options);
  EXPECT_EQ(Password(source.Get(false)), "timeout");
}

TEST(SecretCredentials, EndsWhileAReadIsUnderWay) {
  CountedSecret secret;
  auto source =
      std::make_unique<SecretCredentials>(secret.Reader(), Every(milliseconds(0), milliseconds(0)));
  ASSERT_TRUE(source->Get(false));
  secret.Hold();
  ASSERT_TRUE(source->Get(false));
  secret.AwaitReads(2);
  const auto start = std::chrono::steady_clock::now();
  source.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(4));
}

TEST(SecretCredentials, ADocumentThatIsNoneIsInvalidAndReported) {
  std::vector<SecretCredentials::Reading> log;
  auto garbage = [](const CallLimits&) -> Result<SecretValue> {
    return SecretValue{Secret("s3cr3t garbage"), "v1"};
  };
  {
    SecretCredentials source(garbage, Every(hours(1), hours(1)),
                             [&log](const auto& reading) { log.push_back(reading); });
    EXPECT_EQ(Password(source.Get(false)), "invalid");
  }
  ASSERT_EQ(log.size(), 1u);
  ASSERT_TRUE(log[0].error);
  EXPECT_EQ(log[0].error->message.find("s3cr3t"), std::string::npos);
}

class RotationTest : public testing::Test {
 protected:
  void SetUp() override {
    server_ = TestServer::Start("fake_aws.py", "botocore");
    if (!server_) {
      GTEST_SKIP() << "needs Python's botocore (Debian: python3-botocore)";
    }
    const auto made =
        server_->Call("CreateSecret", {{"Name", "db"}, {"SecretString", Document("old")}});
    ASSERT_TRUE(made) << made.error().message;
    first_ = made->at("VersionId").as_string().c_str();
  }

  static std::string Document(const std::string& password) {
    return R"({"engine":"mariadb","username":"memo","password":")" + password + "\"}";
  }
  // As the last two steps of a rotation function: put the version as pending, then label it
  // current.
  void Rotate(const std::string& password) {
    const auto put = server_->Call("PutSecretValue", {{"SecretId", "db"},
                                                      {"SecretString", Document(password)},
                                                      {"VersionStages", {"AWSPENDING"}}});
    ASSERT_TRUE(put) << put.error().message;
    pending_ = put->at("VersionId").as_string().c_str();
  }
  void Finish() {
    const auto moved = server_->Call("UpdateSecretVersionStage", {{"SecretId", "db"},
                                                                  {"VersionStage", "AWSCURRENT"},
                                                                  {"RemoveFromVersionId", first_},
                                                                  {"MoveToVersionId", pending_}});
    ASSERT_TRUE(moved) << moved.error().message;
  }

  std::unique_ptr<TestServer> server_;
  std::string first_;
  std::string pending_;
};

TEST_F(RotationTest, ARotationIsSeenByTheRefusedAndByTheIdle) {
  std::promise<void> changed;
  auto source =
      MakeSecretCredentials(server_->Environment(), "db", Every(milliseconds(0), milliseconds(0)),
                            [&changed, this](const SecretCredentials::Reading& reading) {
                              if (reading.changed && reading.version_id == pending_) {
                                changed.set_value();
                              }
                            });
  EXPECT_EQ(Password(source->Get(false)), "old");
  ASSERT_NO_FATAL_FAILURE(Rotate("new"));
  EXPECT_EQ(Password(source->Get(true)), "old") << "a pending version is not yet the password";
  ASSERT_NO_FATAL_FAILURE(Finish());
  EXPECT_EQ(Password(source->Get(true)), "new");
  changed.get_future().wait();
  EXPECT_EQ(Password(source->Get(false)), "new");
}

}  // namespace
}  // namespace scv::memo
