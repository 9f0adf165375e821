// The commands of the program `memo`, one file each. A command registers itself with the
// application and sets `*run` when it was chosen.
#ifndef SCV_MEMO_COMMAND_LINE_H_
#define SCV_MEMO_COMMAND_LINE_H_

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "memo/service/config.h"
#include "memo/store/replica.h"
#include "memo/store/store.h"

namespace CLI {
class App;
}

namespace scv::memo {

// What the chosen command does; its value is the exit code: 0 done, 1 failed, 2 usage, 3 the
// schema of the database is newer than this program.
using Command = std::function<int()>;

void AddServeCommand(CLI::App& app, Command& run);
void AddMigrateCommand(CLI::App& app, Command& run);
void AddSeedCommand(CLI::App& app, Command& run);
void AddUserCommand(CLI::App& app, Command& run);
void AddKeyCommand(CLI::App& app, Command& run);
void AddOpenApiCommand(CLI::App& app, Command& run);
void AddHealthcheckCommand(CLI::App& app, Command& run);
void AddVersionCommand(CLI::App& app, Command& run);

// The store that the configuration names, SQLite or MariaDB.
Result<std::unique_ptr<Store>> MakeStore(const StoreConfig& config);

// What `serve` works on: the store, and the other region's replica if there is one.
struct ServedStores {
  std::unique_ptr<Store> store;
  std::unique_ptr<Replica> replica;  // nullptr: none is configured
};
Result<ServedStores> MakeServedStores(const ServeConfig& config);

// The store migrated, and a session on it: for the commands that work on the database directly.
struct OpenedStore {
  std::unique_ptr<Store> store;
  std::unique_ptr<StoreSession> session;
};
Result<OpenedStore> OpenStore(StoreConfig& config);

// Prints "memo: message" to standard error and returns the exit code that fits.
int Complain(const Error& error);

// The demo account with its dummy memos, once in a database's life; true: done now.
Result<bool> SeedDemo(StoreSession& session, const std::string& password);

}  // namespace scv::memo

#endif  // SCV_MEMO_COMMAND_LINE_H_
