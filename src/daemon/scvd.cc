// scvd: the lab's daemon. Started by the lab's init inside the lab's namespaces, and started again
// by it whenever it dies; what runs goes on running meanwhile and is taken up.
#include <fmt/format.h>
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "daemon/api_routes.h"
#include "daemon/api_server.h"
#include "daemon/control_loop.h"
#include "daemon/durable_account.h"
#include "daemon/event_log.h"
#include "daemon/lab_parts.h"
#include "daemon/recorded_graph.h"
#include "daemon/sole_daemon.h"
#include "daemon/state_store.h"
#include "daemon/unacknowledged.h"
#include "provider/server.h"
#include "world/linux/fd_store_client.h"

namespace {

using scv::Result;

struct Options {
  std::filesystem::path state;
  std::string pace = "lab";
};

void LogAsJson() {
  auto logger = spdlog::stderr_logger_mt("scvd");
  logger->set_pattern(R"({"at":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","text":"%v"})",
                      spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

// Waits for SIGTERM or SIGINT, which every thread has blocked.
void WaitForTheEnd(const sigset_t& signals) {
  int received = 0;
  sigwait(&signals, &received);
  spdlog::info("ending on signal {}", received);
}

Result<void> Serve(const Options& options, const sigset_t& signals) {
  using namespace scv;
  const control::Pace pace{.kind = options.pace == "aws" ? control::PaceKind::kAws
                                                         : control::PaceKind::kLab};
  SCV_ASSIGN(const auto sole, daemon::BecomeSoleDaemon(options.state));
  SCV_ASSIGN(auto store, daemon::StateStore::Open(options.state / "state.db"));
  SCV_ASSIGN(auto loaded, store->Load());
  world::FdStoreClient fds(options.state);
  SCV_ASSIGN(const auto parts,
             daemon::LabParts::Open(
                 {.state = options.state, .runtime = options.state / "run", .pace = pace}, fds));
  daemon::EventLog events(options.state / "events.log");
  daemon::DurableAccount account(std::move(store), std::move(loaded.first));
  daemon::ControlLoop loop(account, parts->world(), events, pace);
  SCV_TRY(parts->Connect(account, [&](const std::string& id) { return loop.FindInstance(id); }));
  SCV_TRY(loop.Restore(loaded.second));
  account.OnChange([&] { loop.Poke(); });
  account.OnRead([&](const aws::Resource& resource) { return loop.Overlaid(resource); });
  parts->world().OnSighting([&](lab::Sighting sighting) { loop.See(std::move(sighting)); });
  SCV_TRY(parts->world().TakeUp());
  loop.Start();
  const provider::Provider aws(
      {.account = &account, .objects = &parts->objects(), .secrets = &parts->secrets()});
  daemon::DropUnacknowledged(aws, account, events, parts->world().Now());
  SCV_ASSIGN(const int listener, provider::ListenAt(options.state / "aws.sock"));
  SCV_ASSIGN(const auto terraform, provider::Server::Start(listener, aws));
  daemon::RecordedGraph graphs(aws, account, options.state / "recorded");
  SCV_ASSIGN(const auto api,
             daemon::ApiServer::Listen(options.state / "scvd.sock",
                                       daemon::MakeApi({.loop = loop,
                                                        .account = account,
                                                        .events = events,
                                                        .operations = *parts,
                                                        .graphs = graphs,
                                                        .pace = options.pace,
                                                        .started_at = parts->world().Now(),
                                                        .state = options.state})));
  events.Add(parts->world().Now(), "daemon", "scvd", "serves the lab");
  WaitForTheEnd(signals);
  terraform->Stop();
  loop.Stop();
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("The lab's daemon; started by scv-lab-init", "scvd");
  app.add_option("--state", options.state, "The lab's state directory")->required();
  app.add_option("--pace", options.pace, "lab or aws")->check(CLI::IsMember({"lab", "aws"}));
  CLI11_PARSE(app, argc, argv);
  LogAsJson();
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  const auto served = Serve(options, signals);
  if (served) return 0;
  spdlog::error("{}", served.error().message);
  return 1;
}
