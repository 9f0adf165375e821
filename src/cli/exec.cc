#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <fstream>
#include <memory>

#include "cli/api_client.h"
#include "cli/child.h"
#include "cli/command.h"
#include "cli/json_read.h"
#include "cli/terminal.h"

namespace scv::cli {
namespace {

// setpriv(1) with what the process itself may have at most: nsenter(1) enters with everything, and
// who looks at an instance that was broken into must not give it more than it had. The process is
// read through the /proc of the lab, whose numbers the daemon speaks of.
Result<std::vector<std::string>> PrivilegesOf(const LabRecord& record, long long pid) {
  const std::filesystem::path inside = fmt::format("/proc/{}/root", record.pid);
  std::ifstream status(inside / fmt::format("proc/{}/status", pid));
  constexpr std::string_view kBounding = "CapBnd:\t";
  constexpr std::string_view kNothingNew = "NoNewPrivs:\t1";
  std::vector<std::string> command;
  bool nothing_new = false;
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(kNothingNew)) nothing_new = true;
    if (!line.starts_with(kBounding)) continue;
    std::uint64_t mask = 0;
    const char* end = line.data() + line.size();
    if (std::from_chars(line.data() + kBounding.size(), end, mask, 16).ptr != end) break;
    std::string kept = "-all";
    for (int i = 0; i < 64; ++i) {
      if ((mask >> i & 1) != 0) kept += fmt::format(",+cap_{}", i);
    }
    command = {"setpriv", "--bounding-set=" + kept, "--inh-caps=-all"};
  }
  if (command.empty()) {
    return Fail(ErrorKind::kUnavailable,
                fmt::format("cannot read what process {} of the lab may do: it has ended, or the "
                            "lab belongs to somebody else",
                            pid));
  }
  if (nothing_new) command.emplace_back("--no-new-privs");
  command.emplace_back("--");
  return command;
}

// nsenter(1) twice: into the lab, whose process numbers the daemon speaks of, and from there into
// the instance. An ordinary user enters the lab's user namespace on the way.
std::vector<std::string> EnterCommand(const LabRecord& record, long long pid, bool whole,
                                      const std::vector<std::string>& privileges) {
  std::vector<std::string> command{"nsenter", "-t", std::to_string(record.pid), "-m", "-p"};
  if (geteuid() != 0) {
    command.insert(command.end(), {"-U", "--preserve-credentials"});
  }
  command.insert(command.end(), {"--", "nsenter", "-t", std::to_string(pid), "-n"});
  if (whole) command.insert(command.end(), {"-m", "-u", "-i", "-p"});
  command.emplace_back("--");
  command.insert(command.end(), privileges.begin(), privileges.end());
  return command;
}

}  // namespace

Run DeclareExec(CLI::App& app) {
  const auto part = std::make_shared<std::string>();
  app.add_option("instance", *part,
                 "The instance (i-…), a database, a load balancer's node, or `internet`")
      ->required();
  app.footer(
      "Behind it the program and its arguments (default: a shell). `internet` is the outside: the "
      "network a client of the service sees. It gets the capabilities that the part itself has.\n\n"
      "Examples:\n  scv exec i-0a1b2c3d4e5f67890\n"
      "  scv exec i-0a1b2c3d4e5f67890 ip route\n"
      "  scv exec internet dig @192.0.2.53 www.scv.localhost");
  return [part](const Context& context) {
    const auto record = ReadLabRecord(context.files);
    if (!record) return Complain(record.error());
    const ApiClient api(context.files.socket());
    const auto process = api.Get("/v1/process?part=" + PercentEncode(*part));
    if (!process) return Complain(process.error());
    const auto& found = process->as_object();
    const auto privileges = PrivilegesOf(*record, Number(found, "pid"));
    if (!privileges) return Complain(privileges.error());
    auto all = EnterCommand(*record, Number(found, "pid"), Flag(found, "instance"), *privileges);
    const auto first = all.size();
    all.insert(all.end(), context.rest.begin(), context.rest.end());
    if (all.size() == first) all.emplace_back("/bin/bash");
    return Complain(Become(all, {}));
  };
}

}  // namespace scv::cli
