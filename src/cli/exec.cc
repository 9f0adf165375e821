#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "cli/api_client.h"
#include "cli/child.h"
#include "cli/command.h"
#include "cli/json_read.h"
#include "cli/terminal.h"

namespace scv::cli {
namespace {

// nsenter(1) twice: into the lab, whose process numbers the daemon speaks of, and from there into
// the instance. An ordinary user enters the lab's user namespace on the way.
std::vector<std::string> EnterCommand(const LabRecord& record, long long pid, bool whole) {
  std::vector<std::string> command{"nsenter", "-t", std::to_string(record.pid), "-m", "-p"};
  if (geteuid() != 0) {
    command.insert(command.end(), {"-U", "--preserve-credentials"});
  }
  command.insert(command.end(), {"--", "nsenter", "-t", std::to_string(pid), "-n"});
  if (whole) command.insert(command.end(), {"-m", "-u", "-i", "-p"});
  command.emplace_back("--");
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
      "network a client of the service sees.\n\n"
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
    auto all = EnterCommand(*record, Number(found, "pid"), Flag(found, "instance"));
    const auto first = all.size();
    all.insert(all.end(), context.rest.begin(), context.rest.end());
    if (all.size() == first) all.emplace_back("/bin/bash");
    return Complain(Become(all, {}));
  };
}

}  // namespace scv::cli
