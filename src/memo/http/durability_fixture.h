// Test support: the service, without its sockets, on a primary and a replica that follows it: real
// servers, started once for all tests of the program.
#ifndef SCV_MEMO_HTTP_DURABILITY_FIXTURE_H_
#define SCV_MEMO_HTTP_DURABILITY_FIXTURE_H_

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/time.h"
#include "memo/http/handlers.h"
#include "memo/store/mariadb_replica.h"
#include "memo/store/mariadb_store.h"
#include "memo/store/mariadb_test_server.h"

namespace scv::memo {

inline constexpr std::chrono::milliseconds kLimit{400};
inline constexpr std::chrono::seconds kPatience{20};

// A request's body that has arrived already.
class WholeBody : public Exchange {
 public:
  Task<bool> ReadMore() override { co_return false; }
  bool failed() const override { return false; }
  Task<bool> BeginStream(const Response&) override { co_return false; }
  Task<bool> WriteChunk(std::string_view) override { co_return false; }
  Task<bool> EndStream() override { co_return false; }
};

// One instance of the service, with an account that is signed in.
class Service {
 public:
  Service(const ServeConfig& config, const MariadbOptions& primary, const MariadbOptions& replica)
      : store_(MakeMariadbStore(primary).value()),
        replica_(MakeMariadbReplica(replica).value()),
        app_(config, *store_, replica_.get()) {
    app_.monitor = std::make_unique<Monitor>(*store_, app_.gate, app_.keys, Monitor::Options{});
    loop_ = std::jthread([this] {
      const auto work = boost::asio::make_work_guard(thread_.io());
      thread_.StartSweeping();
      thread_.io().run();
    });
    const std::atomic<bool> never{false};
    EXPECT_TRUE(app_.gate.WaitUntil(std::chrono::steady_clock::now() + kPatience, never));
    SignIn();
  }
  // As the server ends: the loops first, then whoever hands something back to them.
  ~Service() {
    thread_.io().stop();
    loop_.join();
    app_.StopWork();
  }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  struct Asked {
    std::string body;
    std::string key;
    bool global = true;
    bool any_version = false;
  };

  std::future<Response> Start(boost::beast::http::verb method, std::string target, Asked asked) {
    return boost::asio::co_spawn(thread_.io(), Run(method, std::move(target), std::move(asked)),
                                 boost::asio::use_future);
  }
  Response Ask(boost::beast::http::verb method, std::string target, Asked asked) {
    auto answer = Start(method, std::move(target), std::move(asked));
    if (answer.wait_for(kPatience) != std::future_status::ready) {
      ADD_FAILURE() << "no answer";
      return {};
    }
    return answer.get();
  }
  Response Create(const std::string& title, const std::string& key, bool global = true) {
    return Ask(boost::beast::http::verb::post, "/api/v1/memos", New(title, key, global));
  }
  static Asked New(const std::string& title, const std::string& key, bool global = true) {
    return {R"({"title":")" + title + R"("})", key, global, false};
  }

  App& app() { return app_; }
  StoreSession& session() { return *session_; }
  Caller caller() const { return {account_.id, account_.token_version}; }

 private:
  void SignIn() {
    session_ = store_->Open(kPatience).value();
    account_.id = 7;
    account_.username = "hong";
    account_.token_version = 1;
    WriteCommand command;
    command.operation = CreateAccount{account_};
    const WriteCommand* in = &command;
    WriteAnswer answer;
    WriteAnswer* out = &answer;
    Error failure;
    EXPECT_TRUE(session_->Write({&in, 1}, {&out, 1}, {&failure, 1}).has_value());
    token_ = app_.keys.Get()->Sign(NewSession(account_, WallClockMillis()));
  }

  Task<Response> Run(boost::beast::http::verb method, std::string target, Asked asked) {
    Request request;
    request.method = method;
    request.target = std::move(target);
    request.body = std::move(asked.body);
    request.AddHeader(Header::kAuthorization, "Bearer " + token_);
    const bool lines = request.path().ends_with("/import");
    request.AddHeader(Header::kContentType, lines ? kJsonLines : kJson);
    if (!asked.key.empty()) request.AddHeader(Header::kIdempotencyKey, asked.key);
    if (asked.global) request.AddHeader(Header::kPrefer, "durability=global");
    if (asked.any_version) request.AddHeader(Header::kIfMatch, "*");
    WholeBody exchange;
    const SteadyTime deadline = std::chrono::steady_clock::now() + app_.config.request_timeout;
    const RouteMatch match = MatchRoute(method, request.path());
    Call call{app_,   thread_,     request,  exchange,         match,
              "test", "127.0.0.1", deadline, WallClockMillis()};
    co_return co_await Handle(call);
  }

  std::unique_ptr<Store> store_;
  std::unique_ptr<Replica> replica_;
  App app_;
  IoThread thread_;
  std::jthread loop_;
  std::unique_ptr<StoreSession> session_;
  Account account_;
  std::string token_;
};

class DurabilityTest : public testing::Test {
 protected:
  struct Pair {
    std::unique_ptr<MariadbTestServer> primary;
    std::unique_ptr<MariadbTestServer> replica;
  };

  static Result<Pair> StartPair() {
    Pair pair;
    SCV_ASSIGN(pair.primary, MariadbTestServer::Start(1));
    SCV_ASSIGN(pair.replica, MariadbTestServer::Start(2));
    SCV_TRY(pair.replica->Follow(*pair.primary));
    return pair;
  }

  void SetUp() override {
    static const auto pair = StartPair();
    if (!pair && pair.error().kind == ErrorKind::kNotFound) {
      GTEST_SKIP() << "needs a MariaDB server: " << pair.error().message;
    }
    ASSERT_TRUE(pair.has_value()) << pair.error().message;
    primary_ = pair->primary.get();
    replica_ = pair->replica.get();
    database_ = primary_->NewDatabase().value();
    config_.global_timeout = kLimit;
    config_.threads = 1;
  }

  std::unique_ptr<Service> Serve() {
    return std::make_unique<Service>(config_, primary_->Options(database_), ReplicaOptions());
  }
  MariadbOptions ReplicaOptions() const {
    MariadbOptions options = replica_->Options(database_);
    options.io_timeout = std::chrono::milliseconds(1000);
    return options;
  }

  // What one query says there, now.
  std::string OnReplica(const std::string& sql) {
    return replica_->Administer(sql, database_).value_or("(no answer)");
  }
  std::string OnPrimary(const std::string& sql) {
    return primary_->Administer(sql, database_).value_or("(no answer)");
  }

  static bool Says(const Response& response, const std::string& header) {
    return response.headers.find(header) != std::string::npos;
  }

  MariadbTestServer* primary_ = nullptr;
  MariadbTestServer* replica_ = nullptr;
  std::string database_;
  ServeConfig config_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_HTTP_DURABILITY_FIXTURE_H_
