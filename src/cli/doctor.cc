#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <iterator>

#include "cli/child.h"
#include "cli/command.h"
#include "cli/needs.h"
#include "cli/terminal.h"

namespace scv::cli {
namespace {

namespace json = boost::json;

json::array Programs() {
  json::array programs;
  for (const auto& need : Needs()) {
    const bool there = IsInstalled(need);
    json::object row{{"name", need.program},
                     {"purpose", need.purpose},
                     {"required", need.required},
                     {"installed", there}};
    if (!there) row["remedy"] = RemedyFor(need);
    programs.push_back(std::move(row));
  }
  return programs;
}

void ShowPrograms() {
  std::vector<std::vector<std::string>> rows;
  for (const auto& need : Needs()) {
    const bool there = IsInstalled(need);
    rows.push_back({there ? Painted(Tone::kGood, "✓") : Painted(Tone::kBad, "✗"), need.program,
                    need.purpose, there ? "" : RemedyFor(need)});
  }
  fmt::print("Programs\n{}\nWhat the kernel lets the lab do\n", Columns(rows, "  "));
  std::fflush(stdout);
}

// What the kernel allows is another program's answer, which a file in memory takes.
Result<int> ShowAll(const std::string& probe) {
  const int memory = memfd_create("probe", MFD_CLOEXEC);
  const auto file = fmt::format("/proc/{}/fd/{}", getpid(), memory);
  const auto code = RunChild({.arguments = {probe, "--probe"}, .environment = {}, .log = file});
  std::ifstream in(file);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  close(memory);
  if (!code) return std::unexpected(code.error());
  boost::system::error_code failed;
  auto value = json::parse(text, failed);
  if (failed || !value.is_object()) {
    return Fail(ErrorKind::kInternal, probe + " --probe said no JSON: " + text);
  }
  auto& all = value.get_object();
  all["programs"] = Programs();
  all["usable"] = *code == 0 && CheckPrograms().has_value();
  fmt::print("{}\n", json::serialize(all));
  return *code;
}

}  // namespace

Run DeclareDoctor(CLI::App& app) {
  app.footer("Exit code 1: no lab can run here.\n\nExamples:\n  scv doctor\n  scv doctor --json");
  return [](const Context& context) {
    const auto probe = context.files.program("world/linux", "scv-lab-init").string();
    if (!context.json) ShowPrograms();
    const auto code =
        context.json ? ShowAll(probe)
                     : RunChild({.arguments = {probe, "--probe"}, .environment = {}, .log = {}});
    if (!code) return Complain(code.error());
    if (const auto programs = CheckPrograms(); !programs) return Complain(programs.error());
    return *code;
  };
}

}  // namespace scv::cli
