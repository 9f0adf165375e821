// What can happen to a MariaDB server, to the way to it, and to instances meanwhile.
//
// The outages last two to three seconds, far less than a request's deadline: clients must see slow
// requests and no errors as long as their instance lives.
#include <algorithm>

#include "fault/relay.h"
#include "fault/scenario.h"
#include "memo/store/mariadb_test_server.h"

namespace scv::fault {
namespace {

using namespace std::chrono_literals;
using memo::MariadbTestServer;

constexpr Promises kUnnoticed{.no_client_fault = true, .livez_throughout = true};
constexpr Promises kOutage{
    .no_client_fault = true, .livez_throughout = true, .readyz_goes_red = true};
constexpr std::chrono::milliseconds kOutageLeast = 2000ms;
constexpr std::chrono::milliseconds kOutageMost = 3000ms;

// A server and a database for one scenario.
struct Database {
  std::unique_ptr<MariadbTestServer> server;
  MemoOptions memo;  // for an instance on it

  static Result<Database> Start() {
    Database database;
    SCV_ASSIGN(database.server, MariadbTestServer::Start());
    SCV_ASSIGN(const std::string name, database.server->NewDatabase());
    MariadbTestServer& server = *database.server;
    database.memo.environment = {
        "DB_HOST=127.0.0.1",        "DB_PORT=" + std::to_string(server.port()),
        "DB_USER=" + server.user(), "DB_PASSWORD=" + server.password(),
        "DB_NAME=" + name,          "DB_CA=" + server.ca_file()};
    return database;
  }
  void GoThrough(const Relay& relay) {
    for (std::string& variable : memo.environment) {
      if (variable.starts_with("DB_PORT=")) variable = "DB_PORT=" + std::to_string(relay.port());
    }
  }
};

// `harm` with one instance under load on a healthy database.
template <typename Harm>
std::function<Result<void>(Stage&)> OnDatabase(Harm harm) {
  return [harm](Stage& stage) -> Result<void> {
    SCV_ASSIGN(Database database, Database::Start());
    SCV_TRY(stage.AddMemo(database.memo));
    SCV_TRY(stage.StartLoad());
    SCV_TRY(harm(stage, *database.server));
    return stage.Finish();
  };
}

// The same through a relay.
template <typename Harm>
std::function<Result<void>(Stage&)> ThroughRelay(Harm harm) {
  return [harm](Stage& stage) -> Result<void> {
    SCV_ASSIGN(Database database, Database::Start());
    SCV_ASSIGN(const std::unique_ptr<Relay> relay, Relay::Start(database.server->port()));
    database.GoThrough(*relay);
    SCV_TRY(stage.AddMemo(database.memo));
    SCV_TRY(stage.StartLoad());
    SCV_TRY(harm(stage, *relay));
    return stage.Finish();
  };
}

Result<void> KillDatabase(Stage& stage, MariadbTestServer& server) {
  for (int i = 0; i < 2; ++i) {
    server.Kill();
    stage.Hold(stage.Between(kOutageLeast, kOutageMost));
    SCV_TRY(server.Restart());
    SCV_TRY(stage.AwaitSuccesses(100));
    stage.Hold(stage.Between(0ms, 200ms));
  }
  return {};
}

// No pause: crash recovery alone, several times.
Result<void> CrashLoop(Stage& stage, MariadbTestServer& server) {
  for (int i = 0; i < 4; ++i) {
    server.Kill();
    SCV_TRY(server.Restart());
    SCV_TRY(stage.AwaitSuccesses(50));
    stage.Hold(stage.Between(0ms, 200ms));
  }
  return {};
}

Result<void> RestartDatabase(Stage& stage, MariadbTestServer& server) {
  server.Stop();
  stage.Hold(stage.Between(kOutageLeast, kOutageMost));
  return server.Restart();
}

Result<void> ReadOnly(Stage& stage, MariadbTestServer& server) {
  SCV_TRY(server.SetReadOnly(true));
  stage.Hold(stage.Between(kOutageLeast, kOutageMost));
  return server.SetReadOnly(false);
}

Result<void> KillConnections(Stage& stage, MariadbTestServer& server) {
  for (int i = 0; i < 20; ++i) {
    SCV_TRY(server.Administer("KILL USER " + server.user()));
    SCV_TRY(stage.AwaitSuccesses(20));
    stage.Hold(stage.Between(0ms, 150ms));
  }
  return {};
}

Result<void> Freeze(Stage& stage, MariadbTestServer& server) {
  server.Pause();
  stage.Hold(stage.Between(kOutageLeast, kOutageMost));
  server.Resume();
  return {};
}

Result<void> KillMemoWhileDown(Stage& stage, MariadbTestServer& server) {
  server.Kill();
  stage.Hold(stage.Between(200ms, 800ms));
  SCV_TRY(stage.KillAndRestart(0));
  stage.Hold(stage.Between(200ms, 800ms));
  return server.Restart();
}

Result<void> KillBoth(Stage& stage, MariadbTestServer& server) {
  for (int i = 0; i < 3; ++i) {
    server.Kill();
    SCV_TRY(stage.KillAndRestart(0));
    SCV_TRY(server.Restart());
    SCV_TRY(stage.AwaitSuccesses(50));
    stage.Hold(stage.Between(0ms, 200ms));
  }
  return {};
}

Result<void> KillMemo(Stage& stage, MariadbTestServer&) {
  for (int i = 0; i < 10; ++i) {
    stage.Hold(stage.Between(0ms, 120ms));
    SCV_TRY(stage.KillAndRestart(0));
    SCV_TRY(stage.AwaitSuccesses(20));
  }
  return {};
}

Result<void> CutConnections(Stage& stage, Relay& relay) {
  for (int i = 0; i < 20; ++i) {
    relay.Cut();
    SCV_TRY(stage.AwaitSuccesses(20));
    stage.Hold(stage.Between(0ms, 150ms));
  }
  return {};
}

Result<void> Unreachable(Stage& stage, Relay& relay) {
  relay.Refuse(true);
  relay.Cut();
  stage.Hold(stage.Between(kOutageLeast, kOutageMost));
  relay.Refuse(false);
  return {};
}

Result<void> NetworkHangs(Stage& stage, Relay& relay) {
  relay.Hold(true);
  stage.Hold(stage.Between(kOutageLeast, kOutageMost));
  relay.Hold(false);
  return {};
}

// Nobody is told: only the time limits of the client find out.
Result<void> HalfOpen(Stage&, Relay& relay) {
  relay.Forget();
  return {};
}

// Two instances, each killed in turn, while connections to the database are cut.
Result<void> TwoInstances(Stage& stage) {
  SCV_ASSIGN(Database database, Database::Start());
  SCV_ASSIGN(const std::unique_ptr<Relay> relay, Relay::Start(database.server->port()));
  database.GoThrough(*relay);
  SCV_TRY(stage.AddMemo(database.memo));
  SCV_TRY(stage.AddMemo(database.memo));
  SCV_TRY(stage.StartLoad());
  for (std::size_t i = 0; i < 8; ++i) {
    relay->Cut();
    stage.Hold(stage.Between(0ms, 100ms));
    stage.memo(i % 2).Kill();
    SCV_TRY(stage.AwaitSuccesses(50));
    SCV_TRY(stage.memo(i % 2).Restart());
    SCV_TRY(stage.AwaitSuccesses(20));
  }
  return stage.Finish();
}

}  // namespace

const std::vector<Scenario>& MariadbScenarios() {
  static const std::vector<Scenario> scenarios = {
      {"MariadbKilled", "mariadbd is killed twice, for some seconds", kOutage,
       OnDatabase(KillDatabase)},
      {"MariadbCrashLoop", "mariadbd is killed and started at once, again and again", kUnnoticed,
       OnDatabase(CrashLoop)},
      {"MariadbRestarted", "mariadbd is stopped in order, for some seconds", kOutage,
       OnDatabase(RestartDatabase)},
      {"MariadbReadOnly", "the server is read-only for some seconds", kOutage,
       OnDatabase(ReadOnly)},
      {"MariadbConnectionsKilled", "the server kills all connections, again and again", kUnnoticed,
       OnDatabase(KillConnections)},
      {"MariadbFrozen", "mariadbd stands still for some seconds", kUnnoticed, OnDatabase(Freeze)},
      {"MariadbMemoKilledWhileDown",
       "memo is killed and started while the database is down",
       {},
       OnDatabase(KillMemoWhileDown)},
      {"MariadbBothKilled", "memo and mariadbd are killed at once", {}, OnDatabase(KillBoth)},
      {"MariadbMemoKilled",
       "memo is killed and started anew, again and again",
       {},
       OnDatabase(KillMemo)},
      {"MariadbConnectionsCut", "connections to the server are reset, again and again", kUnnoticed,
       ThroughRelay(CutConnections)},
      {"MariadbUnreachable", "nothing listens at the server's address for some seconds", kOutage,
       ThroughRelay(Unreachable)},
      {"MariadbNetworkHangs", "nothing passes to the server for some seconds", kUnnoticed,
       ThroughRelay(NetworkHangs)},
      {"MariadbHalfOpen", "all connections are dead and nobody is told", kUnnoticed,
       ThroughRelay(HalfOpen)},
      {"MariadbTwoInstances",
       "two instances are killed in turn, connections are cut",
       {},
       TwoInstances},
  };
  return scenarios;
}

}  // namespace scv::fault
