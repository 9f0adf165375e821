// memo migrate, memo seed, memo user, memo key: work on the database without a server.
#include <sodium.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <memory>

#include "memo/command_line.h"
#include "memo/domain/validation.h"
#include "memo/service/password.h"
#include "memo/service/session_token.h"
#include "memo/store/migrations.h"

namespace scv::memo {
namespace {

// The first line of standard input; never an argument, which every user of the machine can see.
Result<std::string> ReadPassword() {
  std::string line;
  if (!std::getline(std::cin, line) || line.size() > 4096) {
    return Fail(ErrorKind::kInvalid, "give the password as one line on standard input");
  }
  auto clean = CleanPassword(line);
  if (!clean) return Fail(ErrorKind::kInvalid, "the password " + clean.error().message);
  return clean;
}

int Migrate(StoreConfig& config) {
  const auto opened = OpenStore(config);
  if (!opened) return Complain(opened.error());
  std::printf("The schema is at version %d.\n", SchemaVersion());
  return 0;
}

int Seed(StoreConfig& config, const std::string& password_file) {
  std::string password;
  if (!password_file.empty()) {
    auto read = ReadSecretFile(password_file);
    if (!read) return Complain(read.error());
    password = std::move(*read);
  }
  const auto opened = OpenStore(config);
  if (!opened) return Complain(opened.error());
  const auto seeded = SeedDemo(*opened->session, password);
  if (!seeded) return Complain(seeded.error());
  std::puts(*seeded ? "The demo account and its memos were made."
                    : "This database was seeded before; nothing was done.");
  return 0;
}

Result<WriteAnswer> AddAccount(StoreSession& session, const std::string& name,
                               const std::string& password) {
  Account account;
  randombytes_buf(&account.id, sizeof(account.id));
  account.id &= INT64_MAX;
  account.username = name;
  SCV_ASSIGN(account.password_hash, HashPassword(password));
  account.token_version = 1;
  account.created_at = WallClockMillis();
  WriteCommand command;
  randombytes_buf(command.key.data(), command.key.size());
  command.now = account.created_at;
  command.operation = CreateAccount{account};
  WriteAnswer answer;
  Error failure;
  const WriteCommand* commands[] = {&command};
  WriteAnswer* answers[] = {&answer};
  SCV_TRY(session.Write(commands, answers, {&failure, 1}));
  if (!failure.message.empty()) return std::unexpected(failure);
  if (answer.status == WriteStatus::kUsernameTaken) {
    return Fail(ErrorKind::kConflict,
                "the user name is taken; memo user passwd changes its password");
  }
  return answer;
}

int UserAdd(StoreConfig& config, const std::string& name) {
  const auto clean = CleanUsername(name);
  if (!clean) return Complain({ErrorKind::kInvalid, "the user name " + clean.error().message});
  const auto password = ReadPassword();
  if (!password) return Complain(password.error());
  const auto opened = OpenStore(config);
  if (!opened) return Complain(opened.error());
  const auto added = AddAccount(*opened->session, *clean, *password);
  if (!added) return Complain(added.error());
  std::printf("Added %s.\n", clean->c_str());
  return 0;
}

int UserPasswd(StoreConfig& config, const std::string& name) {
  const auto password = ReadPassword();
  if (!password) return Complain(password.error());
  const auto opened = OpenStore(config);
  if (!opened) return Complain(opened.error());
  const auto hash = HashPassword(*password);
  if (!hash) return Complain(hash.error());
  const auto reset = opened->session->ResetPassword(name, *hash);
  if (!reset) return Complain(reset.error());
  std::printf("Changed the password of %s; all its sessions are void.\n", name.c_str());
  return 0;
}

int UserList(StoreConfig& config, bool json) {
  const auto opened = OpenStore(config);
  if (!opened) return Complain(opened.error());
  constexpr std::uint32_t kPage = 500;
  std::string after;
  while (true) {
    const auto page = opened->session->ListAccounts(after, kPage);
    if (!page) return Complain(page.error());
    for (const Account& account : *page) {
      const std::string created = FormatRfc3339(account.created_at);
      const char* form = json ? "{\"username\":\"%s\",\"created_at\":\"%s\"}\n" : "%-32s %s\n";
      std::printf(form, account.username.c_str(), created.c_str());
    }
    if (page->size() < kPage) return 0;
    after = page->back().username;
  }
}

int KeyRotate(StoreConfig& config) {
  const auto opened = OpenStore(config);
  if (!opened) return Complain(opened.error());
  SigningKey key;
  randombytes_buf(key.secret.data(), key.secret.size());
  key.created_at = WallClockMillis();
  // Every session signed by the old keys has run out by then.
  const Millis retire = key.created_at + kSessionLifetime;
  const auto added = opened->session->AddSigningKey(key, /*only_if_none=*/false, retire);
  if (!added) return Complain(added.error());
  std::puts("New sessions are signed by a new key; older sessions stay valid until they expire.");
  return 0;
}

int KeyList(StoreConfig& config) {
  const auto opened = OpenStore(config);
  if (!opened) return Complain(opened.error());
  const auto keys = opened->session->SigningKeys();
  if (!keys) return Complain(keys.error());
  for (const SigningKey& key : *keys) {
    const std::string until =
        key.retired_at == 0 ? "in use" : "until " + FormatRfc3339(key.retired_at);
    std::printf("%-6u %s  %s\n", key.kid, FormatRfc3339(key.created_at).c_str(), until.c_str());
  }
  return 0;
}

CLI::App* AddDatabaseCommand(CLI::App& app, const char* name, const char* help,
                             std::shared_ptr<StoreConfig> config, const char* example) {
  CLI::App* command = app.add_subcommand(name, help);
  AddStoreOptions(*command, *config);
  command->footer(std::string("Example:\n  ") + example);
  return command;
}

}  // namespace

void AddMigrateCommand(CLI::App& app, Command& run) {
  auto config = std::make_shared<StoreConfig>();
  AddDatabaseCommand(app, "migrate", "Create or update the schema of the database", config,
                     "memo migrate --data memo.db")
      ->callback([config, &run] { run = [config] { return Migrate(*config); }; });
}

void AddSeedCommand(CLI::App& app, Command& run) {
  auto config = std::make_shared<StoreConfig>();
  auto file = std::make_shared<std::string>();
  CLI::App* command =
      AddDatabaseCommand(app, "seed", "Make the demo account and its memos, once per database",
                         config, "memo seed --data memo.db --password-file demo.txt");
  command->add_option("--password-file", *file, "The demo account's password; none: no sign-in");
  command->callback(
      [config, file, &run] { run = [config, file] { return Seed(*config, *file); }; });
}

void AddUserCommand(CLI::App& app, Command& run) {
  CLI::App* user = app.add_subcommand("user", "Accounts: add, passwd, list");
  user->require_subcommand(1);
  auto config = std::make_shared<StoreConfig>();
  auto name = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  CLI::App* add = AddDatabaseCommand(*user, "add", "Add an account; password on standard input",
                                     config, "memo user add hong --data memo.db < password.txt");
  add->add_option("name", *name, "User name")->required();
  add->callback([config, name, &run] { run = [config, name] { return UserAdd(*config, *name); }; });
  CLI::App* passwd =
      AddDatabaseCommand(*user, "passwd", "Change a password; the new one on standard input",
                         config, "memo user passwd hong --data memo.db < password.txt");
  passwd->add_option("name", *name, "User name")->required();
  passwd->callback(
      [config, name, &run] { run = [config, name] { return UserPasswd(*config, *name); }; });
  CLI::App* list = AddDatabaseCommand(*user, "list", "List the accounts", config,
                                      "memo user list --json --data memo.db");
  list->add_flag("--json", *json, "One JSON object per line");
  list->callback(
      [config, json, &run] { run = [config, json] { return UserList(*config, *json); }; });
}

void AddKeyCommand(CLI::App& app, Command& run) {
  CLI::App* key = app.add_subcommand("key", "Keys that sign sessions: rotate, list");
  key->require_subcommand(1);
  auto config = std::make_shared<StoreConfig>();
  AddDatabaseCommand(*key, "rotate", "Sign new sessions by a new key", config,
                     "memo key rotate --data memo.db")
      ->callback([config, &run] { run = [config] { return KeyRotate(*config); }; });
  AddDatabaseCommand(*key, "list", "List the keys (never their secrets)", config,
                     "memo key list --data memo.db")
      ->callback([config, &run] { run = [config] { return KeyList(*config); }; });
}

}  // namespace scv::memo
