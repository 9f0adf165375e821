#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>

#include "cli/api_client.h"
#include "cli/child.h"
#include "cli/command.h"
#include "cli/disk_room.h"
#include "cli/json_read.h"
#include "cli/lab_start.h"
#include "cli/needs.h"
#include "cli/recorded.h"
#include "cli/terminal.h"

namespace scv::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  StartOptions start;
  std::vector<std::string> regions{"seoul", "tokyo"};
  std::string domain = "scv.localhost";
  bool recorded = false;
};

long long MillisSince(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
}

// One line per step, repainted while the step goes on where that is possible.
class Steps {
 public:
  explicit Steps(bool quiet) : quiet_(quiet), live_(!quiet && IsTerminal()) {}
  void Begin(std::string title) {
    title_ = std::move(title);
    started_ = Clock::now();
    Paint("");
  }
  void Paint(const std::string& more) {
    if (!live_) return;
    fmt::print("\r\x1b[K  {} …{} {}", title_, more,
               Painted(Tone::kDim, Duration(MillisSince(started_))));
    std::fflush(stdout);
  }
  void Done() {
    if (quiet_) return;
    fmt::print("{}{} {} {}\n", live_ ? "\r\x1b[K" : "", Painted(Tone::kGood, "✓"), title_,
               Painted(Tone::kDim, Duration(MillisSince(started_))));
    std::fflush(stdout);
  }
  void Failed() {
    if (live_) fmt::print("\r\x1b[K");
  }

 private:
  bool quiet_, live_;
  std::string title_;
  Clock::time_point started_;
};

// The first page over HTTPS, with the certificate verified: what `up` promises. curl is a client
// that nobody here wrote.
Result<void> WaitForFirstPage(const Context& context, const Options& options,
                              std::chrono::seconds patience) {
  const auto deadline = Clock::now() + patience;
  const auto name = "www." + options.domain;
  const auto url = fmt::format("https://{}:{}/readyz", name, options.start.https_port);
  for (;;) {
    const auto code = RunChild(
        {.arguments = {"curl", "--silent", "--show-error", "--fail", "--max-time", "5", "--output",
                       "/dev/null", "--cacert", (context.files.state / "root.pem").string(),
                       "--resolve", fmt::format("{}:{}:127.0.0.1", name, options.start.https_port),
                       url},
         .environment = {},
         .log = context.files.state / "first-page.log"});
    if (!code) return std::unexpected(code.error());
    if (*code == 0) return {};
    if (Interrupted()) return Fail(ErrorKind::kConflict, "interrupted");
    if (Clock::now() >= deadline) {
      return Fail(ErrorKind::kTimeout,
                  url + " does not answer; `scv status` shows what is missing");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void SayWhatNext(const Context& context, const Options& options, long long took) {
  const auto url = fmt::format("https://www.{}:{}/", options.domain, options.start.https_port);
  if (context.json) {
    fmt::print("{}\n", boost::json::serialize(
                           boost::json::value{{"url", url},
                                              {"root", (context.files.state / "root.pem").string()},
                                              {"milliseconds", took}}));
    return;
  }
  fmt::print(
      "\n{}  {}\n\n"
      "  ./scv status --watch     what stands, live\n"
      "  ./scv trust              make your browser trust the lab's certificates\n"
      "  ./scv kill INSTANCE      kill one and watch it being replaced\n"
      "  ./scv events -f          what happens, and why\n"
      "  ./scv down               destroy it all\n",
      Painted(Tone::kBold, url), Painted(Tone::kDim, "up in " + Duration(took)));
}

// Whether a region is applied from the recorded graph. What was begun one way goes on that way:
// neither knows what the other has made.
Result<bool> IsRecorded(const Context& context, const Options& options, const RegionRun& region) {
  if (HasRecordedState(context.files, region)) return true;
  const bool applied = HasTerraformState(context.files, region);
  if (applied && options.recorded) {
    return Fail(ErrorKind::kConflict,
                region.name +
                    " was applied with Terraform; `./scv down` first, or leave "
                    "--recorded out");
  }
  return options.recorded || (!applied && FindProgram("terraform").empty());
}

void SayRecorded(const Context& context, const Options& options) {
  if (context.json) return;
  fmt::print("{} Applying the resource graph recorded from infra/terraform.\n",
             options.recorded || !FindProgram("terraform").empty()
                 ? "  As asked, without Terraform."
                 : "  Terraform is not installed.");
  if (FindProgram("terraform").empty()) fmt::print("  {}\n", kGetTerraform);
}

void SayWarnings(const std::string& region, const Warnings& warnings) {
  for (const auto& [summary, addresses] : warnings) {
    fmt::print("  {} {}: {}", region, Painted(Tone::kDim, summary), *addresses.begin());
    if (addresses.size() > 1) fmt::print(" and {} more", addresses.size() - 1);
    fmt::print("\n");
  }
}

std::string Joined(const std::vector<std::string>& names) {
  std::string joined;
  for (const auto& name : names) joined += (joined.empty() ? "" : " and ") + name;
  return joined;
}

// One region after the other from the recorded graph, side by side with Terraform.
Result<void> ApplyRegions(const Context& context, const Options& options, const LabRecord& record,
                          const std::vector<std::string>& names, Steps& steps) {
  bool recorded = false;
  for (const auto& name : names) {
    SCV_ASSIGN(const bool one, IsRecorded(context, options, {.name = name}));
    recorded = recorded || one;
  }
  if (recorded) SayRecorded(context, options);
  steps.Begin((recorded ? "Applying the recorded graph: " : "Applying Terraform: ") +
              Joined(names));
  std::vector<std::atomic<int>> done(names.size());
  std::vector<Warnings> warnings(names.size());
  std::mutex painting;
  const auto apply = [&](std::size_t i) -> Result<void> {
    const auto tick = [&, i](int count) {
      done[i] = count;
      int total = 0;
      for (const auto& each : done) total += each;
      const std::lock_guard lock(painting);
      steps.Paint(fmt::format(" {} resources", total));
    };
    if (recorded) {
      return RunRecorded(context.files, {.name = names[i]}, false, tick, &warnings[i]);
    }
    return RunTerraform(context.files, record, {.name = names[i]}, false, tick);
  };
  std::vector<Result<void>> results(names.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < names.size() && !recorded; ++i) {
      threads.emplace_back([&, i] { results[i] = apply(i); });
    }
    results[0] = apply(0);
    // The daemon takes one graph at a time, and a replica waits for its source: in this order.
    for (std::size_t i = 1; i < names.size() && recorded && results[i - 1]; ++i) {
      results[i] = apply(i);
    }
  }
  for (auto& result : results) SCV_TRY(result);
  steps.Done();
  for (std::size_t i = 0; i < names.size() && !context.json; ++i)
    SayWarnings(names[i], warnings[i]);
  return {};
}

// Regions first, then what is above them.
Result<void> ApplyAll(const Context& context, const Options& options, const LabRecord& record,
                      Steps& steps) {
  SCV_TRY(ApplyRegions(context, options, record, options.regions, steps));
  if (options.regions.size() < 2) return {};
  return ApplyRegions(context, options, record, {"global"}, steps);
}

// A lab that ran before keeps the port that it was started with.
void KeepPort(const Context& context, const LabRecord& record, int& port) {
  const auto found = record.ports.find("door");
  if (found == record.ports.end() || found->second == port) return;
  if (!context.json) {
    fmt::print("  The lab that runs has port {}; another one needs `scv down` first.\n",
               found->second);
  }
  port = found->second;
}

// Whether this machine has what a lab needs that is not there yet.
Result<void> CheckMachine(const Context& context, const Options& options) {
  SCV_TRY(CheckPrograms());
  if (ReadLabRecord(context.files)) return {};
  return CheckRoom(context.files, options.regions.size());
}

Result<void> BringUp(const Context& context, Options& options, Steps& steps) {
  steps.Begin("Starting the lab");
  SCV_ASSIGN(const auto record, StartLab(context.files, options.start));
  steps.Done();
  KeepPort(context, record, options.start.https_port);
  SCV_TRY(ApplyAll(context, options, record, steps));
  steps.Begin("Waiting for the first page");
  SCV_TRY(WaitForFirstPage(context, options, std::chrono::seconds(30)));
  steps.Done();
  return {};
}

int Up(const Context& context, Options options) {
  const auto started = Clock::now();
  Steps steps(context.json);
  if (const auto fit = CheckMachine(context, options); !fit) return Complain(fit.error());
  if (const auto up = BringUp(context, options, steps); !up) {
    steps.Failed();
    return Interrupted() ? 130 : Complain(WithShortage(up.error(), context.files));
  }
  SayWhatNext(context, options, MillisSince(started));
  return 0;
}

}  // namespace

Run DeclareUp(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("--port", options->start.https_port, "The port for HTTPS on 127.0.0.1")
      ->check(CLI::Range(1, 65535))
      ->capture_default_str();
  app.add_option("--pace", options->start.pace, "As fast as the parts allow, or AWS's numbers")
      ->check(CLI::IsMember({"lab", "aws"}))
      ->capture_default_str();
  app.add_option("--region", options->regions,
                 "Regions by name (infra/examples/lab-NAME.tfvars): seoul and tokyo, or alone")
      ->capture_default_str();
  app.add_flag("--recorded", options->recorded,
               "Apply the resource graph recorded from the HCL; the default without Terraform");
  app.footer(
      "Running it again applies what changed.\n\n"
      "Examples:\n  scv up\n  scv up --port 9443\n  scv up --pace aws\n  scv up --recorded");
  return [options](const Context& context) { return Up(context, *options); };
}

}  // namespace scv::cli
