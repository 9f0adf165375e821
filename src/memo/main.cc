// memo: the app server of the memo service.
#include <sodium.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "memo/command_line.h"

int main(int argc, char** argv) {
  if (sodium_init() < 0) {
    std::fputs("memo: libsodium cannot start\n", stderr);
    return 1;
  }
  CLI::App app{"memo, the app server of the memo service", "memo"};
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  memo serve --data memo.db --listen 127.0.0.1:8080\n"
      "  DB_HOST=db.internal DB_USER=memo DB_PASSWORD=... memo serve --db-ca ca.pem\n"
      "  memo user add hong < password.txt\n"
      "Exit codes: 0 done, 1 failed, 2 usage, 3 the database's schema is newer than this program");
  scv::memo::Command run;
  scv::memo::AddServeCommand(app, run);
  scv::memo::AddMigrateCommand(app, run);
  scv::memo::AddSeedCommand(app, run);
  scv::memo::AddUserCommand(app, run);
  scv::memo::AddKeyCommand(app, run);
  scv::memo::AddOpenApiCommand(app, run);
  scv::memo::AddHealthcheckCommand(app, run);
  scv::memo::AddVersionCommand(app, run);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, std::cout, std::cerr) == 0 ? 0 : 2;
  }
  return run ? run() : 2;
}
