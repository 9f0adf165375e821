// memo serve
#include <CLI/CLI.hpp>
#include <memory>

#include "memo/command_line.h"
#include "memo/http/server.h"
#include "memo/service/log.h"
#include "memo/service/version.h"

namespace scv::memo {
namespace {

LogLevel LevelOf(const std::string& name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "warning") return LogLevel::kWarning;
  if (name == "error") return LogLevel::kError;
  return LogLevel::kInfo;
}

Monitor::Options MonitorOptions(const ServeConfig& config) {
  Monitor::Options options;
  if (config.seed == "demo") {
    options.on_ready = [password = config.seed_password](StoreSession& session) -> Result<void> {
      SCV_ASSIGN(const bool seeded, SeedDemo(session, password));
      if (seeded) Log(LogLevel::kInfo, "seeded", "the demo account and its memos were made");
      return {};
    };
  }
  return options;
}

int Serve(ServeConfig& config) {
  if (const auto finished = FinishServeConfig(config); !finished) {
    return Complain(finished.error());
  }
  StartLog(LevelOf(config.log_level), config.region, config.instance_id);
  auto stores = MakeServedStores(config);
  if (!stores) return Complain(stores.error());
  Store& store = *stores->store;
  App app(config, store, stores->replica.get());
  if (!config.web.empty()) {
    auto files = StaticFiles::Load(config.web);
    if (!files) return Complain(files.error());
    app.files = std::move(*files);
  }
  Log(LogLevel::kInfo, "starting", "memo starts", {{"version", kVersion}, {"store", store.kind()}});
  Server server(app, store, MonitorOptions(config));
  return server.Run();
}

}  // namespace

void AddServeCommand(CLI::App& app, Command& run) {
  auto config = std::make_shared<ServeConfig>();
  CLI::App* command = app.add_subcommand("serve", "Serve the API (and the web app)");
  AddServeOptions(*command, *config);
  auto file = std::make_shared<std::string>();
  command->add_option("--config", *file, "Read options from a TOML file (keys as the flags)")
      ->envname("MEMO_CONFIG");
  command->footer(
      "Options come from flags, then the environment, then the file, then the defaults.\n"
      "Examples:\n"
      "  memo serve --data memo.db --web web/dist --seed demo\n"
      "  memo serve --config /etc/memo/memo.toml --listen 0.0.0.0:8080\n"
      "  DB_HOST=db.internal DB_SECRET_ID=memo/db AWS_REGION=ap-northeast-2 memo serve");
  command->callback([config, file, command, &run] {
    run = [config, file, command] {
      if (file->empty()) return Serve(*config);
      const auto applied = ApplyConfigFile(*command, *file);
      return applied ? Serve(*config) : Complain(applied.error());
    };
  });
}

}  // namespace scv::memo
