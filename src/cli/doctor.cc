#include <fmt/format.h>

#include "cli/child.h"
#include "cli/command.h"
#include "cli/terminal.h"

namespace scv::cli {
namespace {

struct Need {
  const char* program;
  const char* purpose;
  const char* remedy;
};

constexpr Need kNeeds[] = {
    {"haproxy", "load balancers", "apt install haproxy"},
    {"nginx", "the web tier", "apt install nginx-light"},
    {"mariadbd", "databases", "apt install mariadb-server-core"},
    {"pdns_server", "names", "apt install pdns-server pdns-backend-sqlite3"},
    {"curl", "instances download with it", "apt install curl"},
    {"nsenter", "scv exec", "apt install util-linux"},
    {"terraform", "plan and apply (otherwise the recorded resource graph is used)",
     "not in Debian: get it from HashiCorp"},
};

bool HasProgram(const char* name) {
  return !FindProgram(name).empty() || std::filesystem::exists(std::string("/usr/sbin/") + name);
}

}  // namespace

Run DeclareDoctor(CLI::App& app) {
  app.footer("Examples:\n  scv doctor\n  scv doctor --json");
  return [](const Context& context) {
    if (!context.json) {
      std::vector<std::vector<std::string>> rows;
      for (const auto& need : kNeeds) {
        const bool there = HasProgram(need.program);
        rows.push_back({there ? Painted(Tone::kGood, "✓") : Painted(Tone::kBad, "✗"), need.program,
                        need.purpose, there ? "" : need.remedy});
      }
      fmt::print("Programs\n{}\nWhat the kernel lets the lab do\n", Columns(rows, "  "));
      std::fflush(stdout);
    }
    const auto probe = context.files.program("world/linux", "scv-lab-init").string();
    const auto code = RunChild({.arguments = {probe, "--probe"}, .environment = {}, .log = {}});
    return code ? *code : Complain(code.error());
  };
}

}  // namespace scv::cli
