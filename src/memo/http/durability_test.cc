// Durability global on two real servers: what is acknowledged as global is on the replica, and
// nothing a replica suffers from makes it so, or holds up those who did not ask for it.
#include "memo/http/durability_fixture.h"

namespace scv::memo {
namespace {

using boost::beast::http::verb;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr const char* kGlobal = "Preference-Applied: durability=global\r\n";
constexpr const char* kRegion = "Preference-Applied: durability=region\r\n";
constexpr const char* kNewAccount =
    R"({"username":"younghee","password":"a password of the tests"})";
constexpr const char* kReplayed = "Idempotency-Replayed: true\r\n";
// For a machine that is busy with something else.
constexpr std::chrono::milliseconds kSlack{3000};

std::string IdIn(const Response& response) {
  const std::size_t at = response.body.find(R"("id":")");
  return at == std::string::npos ? "" : response.body.substr(at + 6, 36);
}

void ExpectRefused(const Response& response) {
  EXPECT_EQ(response.status, 503U) << response.body;
  EXPECT_NE(response.body.find("/problems/durability-unavailable"), std::string::npos);
  EXPECT_NE(response.headers.find("Retry-After: "), std::string::npos);
}

TEST_F(DurabilityTest, WhatIsAcknowledgedAsGlobalIsOnTheReplica) {
  const auto service = Serve();
  for (int i = 1; i <= 20; ++i) {
    const Response response = service->Create("memo", "key-" + std::to_string(i));
    // Asked at once: nothing may be still under way.
    EXPECT_EQ(OnReplica("SELECT COUNT(*) FROM memo"), std::to_string(i));
    ASSERT_EQ(response.status, 201U) << response.body;
    EXPECT_TRUE(Says(response, kGlobal)) << response.headers;
  }
  EXPECT_NE(
      service->app().metrics.Render().find("memo_global_writes_total{outcome=\"confirmed\"} 20"),
      std::string::npos);
  const Response region = service->Create("memo", "another", /*global=*/false);
  EXPECT_TRUE(Says(region, kRegion)) << region.headers;
}

TEST_F(DurabilityTest, EveryKindOfWriteIsConfirmed) {
  const auto service = Serve();
  const std::string id = IdIn(service->Create("memo", "made"));
  const std::string memo = "/api/v1/memos/" + id;
  const Service::Asked nothing{"", "", true, true};
  const std::vector<std::tuple<verb, std::string, Service::Asked, unsigned>> writes = {
      {verb::patch, memo, {R"({"title":"patched"})", "", true, true}, 200},
      {verb::put, memo, {R"({"title":"put","content":""})", "", true, true}, 200},
      {verb::delete_, memo, nothing, 200},
      {verb::delete_, memo, nothing, 200},  // there already: leaves no record
      {verb::post, memo + "/restore", nothing, 200},
      {verb::post, memo + "/restore", nothing, 200},
      {verb::delete_, memo, nothing, 200},
      {verb::post, memo + "/purge", nothing, 204},
      {verb::post, "/api/v1/session/revoke-all", nothing, 204},
      {verb::post, "/api/v1/accounts", {kNewAccount, "sign-up", true, false}, 201},
      {verb::post, "/api/v1/accounts", {kNewAccount, "sign-up", true, false}, 201},
  };
  for (const auto& [method, target, asked, status] : writes) {
    const Response response = service->Ask(method, target, asked);
    EXPECT_EQ(response.status, status) << target << response.body;
    EXPECT_TRUE(Says(response, kGlobal)) << target << response.headers;
  }
  EXPECT_EQ(OnReplica("SELECT SUM(token_version) FROM account"), "3");
}

TEST_F(DurabilityTest, AnImportIsConfirmedToItsLastLine) {
  const auto service = Serve();
  std::string lines;
  for (int i = 0; i < 300; ++i) lines += "{\"title\":\"line\"}\n";
  const Service::Asked asked{lines, "import", true, false};
  for (int time = 0; time < 2; ++time) {
    const Response response = service->Ask(verb::post, "/api/v1/import", asked);
    EXPECT_EQ(OnReplica("SELECT COUNT(*) FROM memo"), "300");
    EXPECT_EQ(response.status, 200U) << response.body;
    EXPECT_TRUE(Says(response, kGlobal)) << response.headers;
  }
  ASSERT_TRUE(replica_->Administer("STOP SLAVE").has_value());
  ExpectRefused(service->Ask(verb::post, "/api/v1/import", {lines, "another", true, false}));
  ASSERT_TRUE(replica_->Administer("START SLAVE").has_value());
}

TEST_F(DurabilityTest, AHangingReplicaIsNotWaitedForTooLongAndTheRepeatIsConfirmed) {
  const auto service = Serve();
  ASSERT_EQ(service->Create("before", "before").status, 201U);
  replica_->Pause();
  const auto begin = Clock::now();
  std::vector<std::future<Response>> waiting;
  for (int i = 0; i < 40; ++i) {
    const std::string key = "key-" + std::to_string(i);
    waiting.push_back(service->Start(verb::post, "/api/v1/memos", Service::New("memo", key)));
  }
  // Nobody else notices, while those wait.
  for (int i = 0; i < 10; ++i) {
    const Response region = service->Create("region", "region-" + std::to_string(i), false);
    EXPECT_TRUE(Says(region, kRegion)) << region.status;
    EXPECT_EQ(service->Ask(verb::get, "/api/v1/memos", {"", "", false, false}).status, 200U);
  }
  for (auto& one : waiting) {
    ASSERT_EQ(one.wait_until(begin + kLimit + kSlack), std::future_status::ready);
    ExpectRefused(one.get());
  }
  EXPECT_GE(Clock::now() - begin, kLimit);
  replica_->Resume();
  Response again;
  const auto end = Clock::now() + kPatience;
  do {
    again = service->Create("memo", "key-7");
  } while (again.status == 503 && Clock::now() < end);
  EXPECT_EQ(again.status, 201U) << again.body;
  EXPECT_TRUE(Says(again, kReplayed) && Says(again, kGlobal)) << again.headers;
  EXPECT_EQ(OnPrimary("SELECT COUNT(*) FROM memo"), "51");
}

TEST_F(DurabilityTest, WhoFallsBackSaysSo) {
  config_.global_fallback = "region";
  auto service = Serve();
  replica_->Pause();
  const Response response = service->Create("memo", "key");
  EXPECT_EQ(response.status, 201U) << response.body;
  EXPECT_TRUE(Says(response, kRegion)) << response.headers;
  EXPECT_NE(
      service->app().metrics.Render().find("memo_global_writes_total{outcome=\"fell_back\"} 1"),
      std::string::npos);
  // Whoever still waits for a replica that hangs does not keep the service from ending.
  auto left = service->Start(verb::post, "/api/v1/memos", Service::New("memo", "left"));
  const auto begin = Clock::now();
  service.reset();
  EXPECT_LT(Clock::now() - begin, 4s + kSlack);
  replica_->Resume();
}

TEST_F(DurabilityTest, AStoppedReplicaConfirmsNothingUntilItFollowsAgain) {
  const auto service = Serve();
  ASSERT_TRUE(replica_->Administer("STOP SLAVE SQL_THREAD").has_value());
  ExpectRefused(service->Create("memo", "key"));
  auto waiting = service->Start(verb::post, "/api/v1/memos", Service::New("memo", "key"));
  ASSERT_TRUE(replica_->Administer("START SLAVE SQL_THREAD").has_value());
  Response again = waiting.get();
  if (again.status == 503) again = service->Create("memo", "key");
  EXPECT_TRUE(Says(again, kReplayed) && Says(again, kGlobal)) << again.status << again.headers;
  EXPECT_EQ(OnReplica("SELECT COUNT(*) FROM memo"), "1");
}

TEST_F(DurabilityTest, APromotedReplicaConfirmsNothing) {
  const auto service = Serve();
  ASSERT_EQ(service->Create("memo", "key").status, 201U);
  ASSERT_TRUE(replica_->SetReadOnly(false).has_value());
  const auto begin = Clock::now();
  // Not even what it has: it may go its own way from now on.
  ExpectRefused(service->Create("memo", "key"));
  ExpectRefused(service->Create("memo", "new"));
  EXPECT_LT(Clock::now() - begin, kSlack);
  ASSERT_TRUE(replica_->SetReadOnly(true).has_value());
  EXPECT_TRUE(Says(service->Create("memo", "new"), kGlobal));
}

TEST_F(DurabilityTest, AReplicaThatIsAwayAtTheStartKeepsNobodyFromStarting) {
  MariadbOptions nowhere = ReplicaOptions();
  nowhere.port = 1;
  Service service(config_, primary_->Options(database_), nowhere);
  EXPECT_TRUE(Says(service.Create("memo", "region", false), kRegion));
  ExpectRefused(service.Create("memo", "global"));
  const Response info = service.Ask(verb::get, "/api/v1/info", {"", "", false, false});
  EXPECT_NE(info.body.find(R"("durability":["region","global"])"), std::string::npos) << info.body;
}

// What no status of the API shows: the proof is asked of the right server.
TEST_F(DurabilityTest, TheServerThatMadeTheWriteDoesNotConfirmIt) {
  const auto service = Serve();
  WriteCommand command;
  command.caller = service->caller();
  command.key = DigestOf({"key"});
  command.operation = CreateMemo{Uuid{{1}}, "memo", "", false, MemoState::kActive};
  command.locate = true;
  const WriteCommand* in = &command;
  WriteAnswer answer;
  WriteAnswer* out = &answer;
  Error failure;
  ASSERT_TRUE(service->session().Write({&in, 1}, {&out, 1}, {&failure, 1}).has_value());
  EXPECT_EQ(answer.place.server, 1U);
  EXPECT_TRUE(answer.place.gtid.starts_with("0-1-")) << answer.place.gtid;

  Evidence evidence = EvidenceOf(command, answer);
  const Evidence* one = &evidence;
  const auto look = [&](const MariadbTestServer& server) {
    const auto opened = MakeMariadbReplica(server.Options(database_)).value()->Open(kPatience);
    return (*opened)->Look({&one, 1}, 500ms);
  };
  ASSERT_TRUE(primary_->SetReadOnly(true).has_value());
  const auto refused = look(*primary_);
  ASSERT_TRUE(primary_->SetReadOnly(false).has_value());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kConflict) << refused.error().message;
  EXPECT_EQ(look(*replica_).value(), std::vector<bool>{true});
  // A position that is past alone is no proof.
  evidence.records.front().key = DigestOf({"never used"});
  EXPECT_EQ(look(*replica_).value(), std::vector<bool>{false});

  ASSERT_TRUE(service->session().Write({&in, 1}, {&out, 1}, {&failure, 1}).has_value());
  EXPECT_TRUE(answer.replayed && answer.place.gtid.empty() && answer.place.server == 1);
}

}  // namespace
}  // namespace scv::memo
