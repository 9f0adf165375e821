#include "cli/lab_start.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "cli/api_client.h"
#include "cli/child.h"
#include "cli/daemon_death.h"
#include "cli/disk_room.h"
#include "cli/terraform.h"
#include "cli/terraform_state.h"
#include "cli/unsupported_types.h"

namespace scv::cli {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kStartWithin{20};
constexpr seconds kEndWithin{20};
constexpr int kLogLinesShown = 30;

// The daemon tells nobody on the host when it is up: its socket is tried again.
Result<void> WaitForApi(const LabFiles& files, const LogMark& since) {
  const ApiClient api(files.socket());
  const auto deadline = Clock::now() + kStartWithin;
  for (;;) {
    const auto answer = api.Get("/v1/health");
    if (answer) return {};
    if (Interrupted()) return Fail(ErrorKind::kConflict, "interrupted");
    if (const auto words = DaemonsLastWords(files, since)) {
      return Fail(ErrorKind::kUnavailable, "the lab's daemon cannot start: " + *words);
    }
    if (Clock::now() >= deadline) {
      return Fail(ErrorKind::kTimeout,
                  "the lab's daemon does not answer: " + answer.error().message + "; its log is " +
                      (files.state / "scvd.log").string());
    }
    std::this_thread::sleep_for(milliseconds(10));
  }
}

std::string LastLines(const std::filesystem::path& file, int count) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line);
    if (static_cast<int>(lines.size()) > count) lines.erase(lines.begin());
  }
  std::string text;
  for (const auto& line : lines) text += "\n    " + line;
  return text;
}

// Reads what was appended to a log since the last call and counts finished resources.
class ProgressReader {
 public:
  explicit ProgressReader(std::filesystem::path file) : file_(std::move(file)) {}
  int Count() {
    std::ifstream in(file_);
    in.seekg(position_);
    for (std::string line; std::getline(in, line) && !in.eof();) {
      position_ = in.tellg();
      if (line.find("omplete after") != std::string::npos) ++count_;
    }
    return count_;
  }

 private:
  std::filesystem::path file_;
  std::streamoff position_ = 0;
  int count_ = 0;
};

std::vector<std::string> ApplyArguments(const LabFiles& files, const RegionRun& region,
                                        bool destroy) {
  auto arguments = WithPlace({destroy ? "destroy" : "apply", "-auto-approve", "-input=false",
                              "-no-color", "-parallelism=30"},
                             PlaceOf(files, region));
  arguments.insert(arguments.begin(), "terraform");
  return arguments;
}

}  // namespace

Result<LabRecord> StartLab(const LabFiles& files, const StartOptions& options) {
  std::error_code failed;
  std::filesystem::create_directories(files.state, failed);
  if (failed) {
    return Fail(ErrorKind::kUnavailable,
                "cannot make " + files.state.string() + ": " + failed.message());
  }
  std::filesystem::permissions(files.state, std::filesystem::perms::owner_all, failed);
  LogMark since;  // of a lab that runs, all that its logs have
  const bool starts = !ReadLabRecord(files);
  if (starts) {
    since = MarkLogs(files);
    const auto init = files.program("world/linux", "scv-lab-init").string();
    const auto daemon = files.program("daemon", "scvd").string();
    const auto log = files.state / "start.log";
    std::filesystem::remove(log, failed);
    const auto code = RunChild(
        {.arguments = {init, "--state", files.state.string(), "--listen",
                       fmt::format("door=127.0.0.1:{}", options.https_port), "--detach", "--",
                       daemon, "--state", files.state.string(), "--pace", options.pace},
         .environment = {},
         .log = log});
    if (!code) return std::unexpected(code.error());
    if (*code != 0) {
      return Fail(ErrorKind::kUnavailable,
                  "the lab does not start:" + LastLines(log, kLogLinesShown));
    }
  }
  if (const auto up = WaitForApi(files, since); !up) {
    // Nothing is left that would start it again and again.
    if (starts && !Interrupted()) (void)EndLab(files);
    return std::unexpected(up.error());
  }
  return ReadLabRecord(files);
}

Result<void> EndLab(const LabFiles& files) {
  const auto record = ReadLabRecord(files);
  if (!record) return {};
  if (kill(record->pid, SIGTERM) != 0 && errno != ESRCH) {
    return Fail(ErrorKind::kDenied, "cannot end the lab's process " + std::to_string(record->pid) +
                                        ": it belongs to somebody else");
  }
  // Its parent outside cleans up behind it, and ends last.
  for (const int pid : {record->pid, record->parent}) {
    if (pid > 0 && !WaitForEnd(pid, kEndWithin)) {
      return Fail(ErrorKind::kTimeout,
                  "the lab's process " + std::to_string(pid) + " does not end");
    }
  }
  return {};
}

TerraformPlace PlaceOf(const LabFiles& files, const RegionRun& region) {
  std::error_code ignored;
  const auto directory = std::filesystem::absolute(files.terraform(), ignored);
  const auto root = std::filesystem::absolute(files.root, ignored);
  return {.root = std::filesystem::absolute(region.Root(files), ignored),
          .state = directory / (region.name + ".tfstate"),
          .data = directory / (region.name + ".data"),
          .var_file = root / ("infra/examples/lab-" + region.name + ".tfvars")};
}

std::map<std::string, std::string> PlaceEnvironment(const LabFiles& files,
                                                    const RegionRun& region) {
  std::error_code ignored;
  return {{"TF_DATA_DIR", PlaceOf(files, region).data.string()},
          {"TF_VAR_artifacts_directory",
           std::filesystem::absolute(files.root / "build/artifacts", ignored).string()}};
}

bool HasTerraformState(const LabFiles& files, const RegionRun& region) {
  return std::filesystem::exists(files.terraform() / (region.name + ".tfstate"));
}

Result<void> RunTerraform(const LabFiles& files, const LabRecord& record, const RegionRun& region,
                          bool destroy, const std::function<void(int)>& tick) {
  const auto directory = files.terraform();
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  auto environment = TerraformEnvironment(files, record);
  environment.merge(PlaceEnvironment(files, region));
  environment["TF_IN_AUTOMATION"] = "1";
  const auto log = directory / (region.name + ".log");
  std::filesystem::remove(log, failed);
  ProgressReader progress(log);
  const auto run = [&](const std::vector<std::string>& arguments) -> Result<void> {
    FullDiskWatch disk(files.state);
    const auto code = RunChild({.arguments = arguments,
                                .environment = environment,
                                .log = log,
                                .give_up = [&] { return disk.IsHopeless(); }},
                               [&] { tick(progress.Count()); });
    if (!code) return std::unexpected(code.error());
    if (*code == 0) return {};
    KeepErroredState(PlaceOf(files, region));
    std::ifstream in(log);
    const auto about = AboutUnsupportedTypes(std::string(std::istreambuf_iterator<char>(in), {}));
    return Fail(Interrupted() ? ErrorKind::kConflict : ErrorKind::kUnavailable,
                fmt::format("terraform {} for {} ended with {}:{}\n  The whole log: {}{}",
                            arguments[2], region.name, *code, LastLines(log, kLogLinesShown),
                            log.string(), about.empty() ? "" : "\n  " + about));
  };
  SCV_TRY(RestoreState(PlaceOf(files, region)));
  if (!std::filesystem::exists(directory / (region.name + ".data"))) {
    SCV_TRY(run({"terraform", "-chdir=" + region.Root(files).string(), "init", "-input=false",
                 "-no-color", "-backend=false"}));
  }
  return run(ApplyArguments(files, region, destroy));
}

}  // namespace scv::cli
