#include "drill/command_line.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdlib>
#include <random>

#include "drill/report_files.h"
#include "drill/report_html.h"
#include "drill/report_json.h"
#include "drill/runner.h"
#include "drill/terminal.h"

namespace scv::drill {
namespace {

namespace json = boost::json;

struct Options {
  std::vector<std::string> names;
  LabPlace place;
  std::filesystem::path scenarios;  // "": those of the checkout
  std::string html;                 // "": build/drills/…
  bool json = false;
  int repeat = 1;
  std::uint64_t seed = 0;  // 0: any
  RunnerOptions runner;
};

constexpr int kInterrupted = 130;

int Complain(const Error& error) {
  fmt::print(stderr, "scv: {}\n", error.message);
  return error.kind == ErrorKind::kInvalid ? 2 : 1;
}

// The signals are only ever taken here, while the runner waits.
class Interrupts {
 public:
  Interrupts() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  bool WaitFor(std::chrono::milliseconds time) {
    const timespec limit{.tv_sec = time.count() / 1000, .tv_nsec = time.count() % 1000 * 1'000'000};
    if (!came_) came_ = sigtimedwait(&set_, nullptr, &limit) > 0;
    return came_;
  }
  bool came() const { return came_; }

 private:
  sigset_t set_{};
  bool came_ = false;
};

Result<std::vector<Scenario>> Chosen(const Options& options, const std::vector<Scenario>& all) {
  std::vector<Scenario> chosen;
  for (const auto& name : options.names) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Scenario& each) { return each.name == name; });
    if (found == all.end()) {
      return Fail(ErrorKind::kInvalid,
                  "there is no drill '" + name + "'; `scv drill list` has them");
    }
    chosen.push_back(*found);
  }
  return chosen;
}

class Session {
 public:
  explicit Session(const Options& options)
      : options_(options),
        api_(options.place.socket()),
        events_(api_),
        poller_(api_),
        runner_(
            options.runner, api_, events_, poller_,
            [this](std::chrono::milliseconds time) { return interrupts_.WaitFor(time); },
            [this](const Progress& progress) { line_.Show(title_, progress); }) {}

  int Run(const std::vector<Scenario>& scenarios) {
    bool passed = true;
    for (const auto& scenario : scenarios) {
      std::vector<RunResult> runs;
      const auto done = RunAll(scenario, runs);
      line_.Clear();
      if (!runs.empty()) passed &= Report(runs);
      if (interrupts_.came()) return Interrupted();
      if (!done) {
        Complain(done.error());
        passed = false;
      }
    }
    return passed ? 0 : 1;
  }

 private:
  Result<void> RunAll(const Scenario& scenario, std::vector<RunResult>& runs) {
    const std::uint64_t first = options_.seed != 0 ? options_.seed : std::random_device()();
    for (int i = 0; i < options_.repeat; ++i) {
      title_ = options_.repeat == 1
                   ? scenario.name
                   : fmt::format("{} {}/{}", scenario.name, i + 1, options_.repeat);
      SCV_ASSIGN(auto run, runner_.Run(scenario, first + static_cast<std::uint64_t>(i)));
      line_.Clear();
      if (!options_.json) fmt::print("{}\n", RunTable(run));
      std::fflush(stdout);
      runs.push_back(std::move(run));
      KeepTheWorst(runs);
    }
    return {};
  }

  // Only one is drawn: the requests of the others would add up over hundreds of runs.
  static void KeepTheWorst(std::vector<RunResult>& runs) {
    const RunResult* worst = &WorstOf(runs);
    for (auto& run : runs) {
      if (&run == worst) continue;
      run.attempts = {};
      run.finals = {};
      run.events = {};
    }
  }

  bool Report(const std::vector<RunResult>& runs) {
    const auto file = WriteReport(runs, options_.place.root, options_.html);
    if (options_.json) {
      fmt::print("{}\n", json::serialize(ToJson(runs, file ? file->string() : "")));
    } else {
      if (runs.size() > 1) fmt::print("{}\n", RunsTable(runs));
      if (file) fmt::print("  report: {}\n\n", file->string());
    }
    if (!file) Complain(file.error());
    return file.has_value() &&
           std::all_of(runs.begin(), runs.end(), [](const RunResult& run) { return run.passed(); });
  }

  static int Interrupted() {
    fmt::print(stderr, "scv: interrupted; everything was healed\n");
    return kInterrupted;
  }

  const Options& options_;
  Interrupts interrupts_;  // before any thread starts
  const DaemonApi api_;
  const EventFollower events_;
  const Poller poller_;
  ProgressLine line_;
  std::string title_;
  Runner runner_;
};

void DeclareOptions(CLI::App& app, Options& options) {
  app.add_option("name", options.names, "Drills to run one after the other, or `list`")->required();
  app.add_option("--state", options.place.state,
                 "The lab's state directory (or SCV_STATE; default .scv/lab)");
  app.add_option("--scenarios", options.scenarios, "A directory of scenarios (test/scenarios)");
  app.add_option("--repeat", options.repeat, "Runs of each")->check(CLI::Range(1, 10'000));
  app.add_option("--seed", options.seed, "Repeats what was chosen by chance; default: any");
  app.add_option("--duration", options.runner.observe_s,
                 "Seconds to go on after the last step, in place of the scenario's")
      ->check(CLI::Range(0.5, 3600.0));
  app.add_option("--clients", options.runner.clients, "Clients, each with an account of its own")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--rate", options.runner.rate, "Operations a second, of all clients together")
      ->check(CLI::Range(1.0, 2000.0))
      ->capture_default_str();
  app.add_option("--domain", options.runner.domain, "The service's domain")->capture_default_str();
  app.add_option("--html", options.html, "The report's file (default build/drills/TIME-NAME.html)");
  app.add_flag("--json", options.json, "Answer in JSON");
  app.footer(
      "Clients write and read through the public name meanwhile, and a checker judges what they "
      "saw:\n"
      "acknowledged writes that are missing (RPO), the time without service (RTO), its phases.\n"
      "Ctrl-C heals everything. Exit codes: 0 passed, 1 not, 2 wrong usage, 130 interrupted.\n\n"
      "Examples:\n  scv drill list\n  scv drill instance-crash\n"
      "  scv drill database-crash --repeat 20 --seed 7 --html report.html");
}

void FillPlace(LabPlace& place) {
  std::error_code ignored;
  const char* root = std::getenv("SCV_ROOT");
  const char* state = std::getenv("SCV_STATE");
  place.root = root != nullptr ? root : std::filesystem::current_path(ignored);
  place.state = state != nullptr ? std::filesystem::path(state) : place.root / ".scv/lab";
}

int List(const Options& options, const std::vector<Scenario>& scenarios) {
  if (options.json) {
    fmt::print("{}\n", json::serialize(ToJson(scenarios)));
  } else {
    fmt::print("{}", ScenarioTable(scenarios));
  }
  return 0;
}

}  // namespace

int RunCommandLine(int argc, char** argv) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  signal(SIGPIPE, SIG_IGN);
  Options options;
  FillPlace(options.place);
  CLI::App app("Break the lab under load and judge what its clients saw", "scv drill");
  DeclareOptions(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (options.scenarios.empty()) options.scenarios = options.place.root / "test/scenarios";
  options.runner.place = options.place;
  const auto scenarios = LoadScenarios(options.scenarios);
  if (!scenarios) return Complain(scenarios.error());
  if (options.names == std::vector<std::string>{"list"}) return List(options, *scenarios);
  const auto chosen = Chosen(options, *scenarios);
  if (!chosen) return Complain(chosen.error());
  if (const auto lab = LabProcess(options.place); !lab) return Complain(lab.error());
  return Session(options).Run(*chosen);
}

}  // namespace scv::drill
