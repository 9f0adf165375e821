#include "drill/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>

namespace scv::drill {
namespace {

constexpr Micros kSecond = 1'000'000;
constexpr std::chrono::milliseconds kTick{25};
constexpr double kWholeWithin = 120;
constexpr double kReadyWithin = 45;
constexpr double kFinishWithin = 130;
// It must stand for this long before it counts as standing.
constexpr Micros kWholeFor = 600'000;
constexpr double kRedundancyPatience = 60;
constexpr Micros kCalmFor = 20'000'000;  // longer than a client waits for an answer
constexpr double kClientsPatience = 120;

Micros Seconds(double seconds) { return static_cast<Micros>(seconds * kSecond); }

// Enough to be alone among all runs against one lab.
std::string RandomWord(std::size_t length) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::random_device device;
  std::string word;
  while (word.size() < length) word += kLetters[device() % kLetters.size()];
  return word;
}

std::string WhyUnfit(const Scenario& scenario, const LabPlace& place, const Picture& picture) {
  const auto& needs = scenario.needs;
  if (static_cast<int>(picture.regions.size()) < needs.regions) {
    return fmt::format(
        "it needs {} regions, the lab has {}; `./scv up --region seoul --region "
        "tokyo` brings up both",
        needs.regions, picture.regions.size());
  }
  if (needs.standby && picture.FindRole("standby") == nullptr) {
    return "it needs a database with a standby (multi_az), which the lab does not have";
  }
  if (needs.replica && picture.FindRole("replica") == nullptr) {
    return "it needs a read replica in the other region, which the lab does not have";
  }
  for (const auto& step : scenario.steps) {
    if (!step.inject) continue;
    if (auto why = Injector::WhyNot(*step.inject, place, picture); !why.empty()) return why;
  }
  return "";
}

}  // namespace

struct Runner::Course {
  const Scenario& scenario;
  RunResult& result;
  Injector injector;
  std::unique_ptr<ClientsProcess> clients;
  Micros begin = NowMicros();
  Micros step_at = 0;  // when the last step was done
  bool busy = false;   // something that takes long goes on
};

Runner::Runner(RunnerOptions options, const DaemonApi& api, const EventFollower& events,
               const Poller& poller, Wait wait, Show show)
    : options_(std::move(options)),
      api_(api),
      events_(events),
      poller_(poller),
      wait_(std::move(wait)),
      show_(std::move(show)) {}

Result<RunResult> Runner::Run(const Scenario& scenario, std::uint64_t seed) {
  RunResult result;
  result.scenario = scenario;
  result.seed = seed;
  result.clients = options_.clients;
  result.rate = options_.rate;
  Course course{scenario, result, Injector(options_.place, api_, seed), nullptr};
  SCV_TRY(Prepare(course));
  SCV_TRY(StartClients(course));
  SCV_TRY(DoSteps(course));
  SCV_TRY(Observe(course));
  SCV_TRY(course.injector.HealAll());
  SCV_TRY(FinishClients(course));
  Conclude(course);
  return result;
}

Result<bool> Runner::WaitFor(Course& course, const std::string& what, Micros deadline,
                             const std::function<bool()>& done) {
  for (;;) {
    WatchStops(course);
    if (!course.result.stopped.empty()) return false;
    SCV_ASSIGN(course.busy, course.injector.Busy());
    if (done()) return true;
    const Micros now = NowMicros();
    if (now >= deadline) return false;
    Progress progress{.what = what};
    if (course.step_at != 0) {
      progress.since_step_s = static_cast<double>(now - course.step_at) / kSecond;
    }
    if (course.clients) {
      const auto tally = course.clients->tally();
      progress.requests = tally.attempts;
      progress.failed = tally.failed;
    }
    show_(progress);
    const auto tick =
        std::min<Micros>(std::max<Micros>(deadline - now, 1'000), kTick.count() * 1000);
    if (wait_(std::chrono::milliseconds((tick + 999) / 1000))) {
      return Fail(ErrorKind::kConflict, "interrupted; everything was healed");
    }
  }
}

void Runner::WatchStops(Course& course) {
  const auto& stop = course.scenario.stop;
  const Micros now = NowMicros();
  if (now - course.begin > Seconds(stop.duration_s)) {
    course.result.stopped = fmt::format("it took longer than {} s", stop.duration_s);
  }
  if (!course.clients || course.step_at == 0) return;
  const auto tally = course.clients->tally();
  if (!tally.error.empty()) {
    course.result.stopped = tally.error;
  } else if (now - std::max(tally.last_success, course.begin) > Seconds(stop.silence_s)) {
    course.result.stopped = fmt::format("nobody was served for {} s", stop.silence_s);
  }
}

Result<void> Runner::Prepare(Course& course) {
  SCV_TRY(course.injector.HealAll());  // what a drill that died has left
  const Micros asked = NowMicros();
  SCV_ASSIGN(const bool whole,
             WaitFor(course, "waiting for a whole lab", asked + Seconds(kWholeWithin), [&] {
               const auto last = poller_.last();
               return last.at > asked && last.whole;
             }));
  const auto picture = poller_.picture();
  if (!whole) {
    return Fail(ErrorKind::kUnavailable,
                "the lab is not whole, and a drill would prove nothing: " + poller_.last().missing);
  }
  if (const auto why = WhyUnfit(course.scenario, options_.place, picture); !why.empty()) {
    return Fail(ErrorKind::kUnavailable, course.scenario.name + ": " + why);
  }
  course.result.pace = picture.pace;
  auto& expect = course.result.scenario.expect;
  if (picture.pace == "aws") expect = AtAwsPace(expect);
  return {};
}

Result<void> Runner::StartClients(Course& course) {
  SCV_ASSIGN(const auto entry, OpenInternet(options_.place, api_));
  WorkloadOptions options;
  options.host = "www." + options_.domain;
  options.root = std::filesystem::absolute(options_.place.root_pem());
  options.name_server = options_.name_server;
  options.run = "d" + RandomWord(7);
  options.password = RandomWord(32);
  options.seed = course.result.seed;
  options.clients = options_.clients;
  options.rate = options_.rate;
  options.global = course.scenario.needs.durability == "global";
  course.result.started_at = WallClockMillis();
  course.result.begin = NowMicros();
  SCV_ASSIGN(course.clients, ClientsProcess::Start(entry, options));
  SCV_ASSIGN(const bool ready,
             WaitFor(course, "letting the clients in", NowMicros() + Seconds(kReadyWithin), [&] {
               const auto tally = course.clients->tally();
               return tally.ready || !tally.error.empty();
             }));
  const auto tally = course.clients->tally();
  if (!ready || !tally.ready) {
    return Fail(ErrorKind::kUnavailable, "the clients cannot use the service: " + tally.error);
  }
  SCV_ASSIGN(const bool warm,
             WaitFor(course, "warming up", NowMicros() + Seconds(course.scenario.warm_up_s),
                     [] { return false; }));
  static_cast<void>(warm);
  return {};
}

Result<void> Runner::DoSteps(Course& course) {
  for (const auto& step : course.scenario.steps) {
    SCV_TRY(Await(course, step));
    if (!course.result.stopped.empty()) return {};
    SCV_TRY(DoStep(course, step));
  }
  return {};
}

Result<void> Runner::Await(Course& course, const Step& step) {
  if (step.after.empty()) {
    const Micros zero = course.result.first_step == 0 ? NowMicros() : course.result.first_step;
    SCV_ASSIGN(const bool never,
               WaitFor(course, "running", zero + Seconds(step.at_s), [] { return false; }));
    static_cast<void>(never);
    return {};
  }
  const Micros since = course.step_at;
  const auto happened = [&] {
    if (step.after == "steady") return IsSteady(course);
    const auto events = events_.Since(since);
    return std::ranges::any_of(events,
                               [&](const LabEvent& event) { return PhaseOf(event) == step.after; });
  };
  SCV_ASSIGN(const bool came, WaitFor(course, "waiting for " + step.after,
                                      NowMicros() + Seconds(step.within_s), happened));
  if (!came && course.result.stopped.empty()) {
    course.result.stopped =
        fmt::format("\"{}\" did not come within {} s", step.after, step.within_s);
  }
  return {};
}

Result<void> Runner::DoStep(Course& course, const Step& step) {
  const Micros now = NowMicros();
  course.step_at = now;
  if (course.result.first_step == 0) course.result.first_step = now;
  course.result.last_step = now;
  if (step.heal) {
    course.result.marks.push_back({now, Mark::Kind::kHeal, "healed"});
    return course.injector.HealAll();
  }
  SCV_ASSIGN(auto what, course.injector.Inject(*step.inject, poller_.picture()));
  course.result.marks.push_back({now, Mark::Kind::kFault, std::move(what)});
  return {};
}

// Whole for a while since the last step, with nothing under way.
bool Runner::IsSteady(const Course& course) const {
  const auto last = poller_.last();
  return !course.busy && last.whole && last.at > course.step_at + kWholeFor &&
         poller_.changes().back().at + kWholeFor < last.at;
}

// At least the scenario's time, and until everything stands again.
Result<void> Runner::Observe(Course& course) {
  if (!course.result.stopped.empty()) return {};
  const Micros last_step = course.result.last_step;
  const double least = options_.observe_s.value_or(course.scenario.observe_s);
  SCV_ASSIGN(const bool over,
             WaitFor(course, "observing", last_step + Seconds(least), [] { return false; }));
  static_cast<void>(over);
  if (const auto within = course.result.scenario.expect.redundancy_within_s) {
    const Micros deadline = last_step + Seconds(std::max(*within, kRedundancyPatience));
    SCV_ASSIGN(const bool whole, WaitFor(course, "waiting for redundancy", deadline,
                                         [&] { return IsSteady(course); }));
    static_cast<void>(whole);
  }
  return course.result.pace == "aws" ? ObserveClients(course) : Result<void>();
}

// What stands again is not what clients reach: caches and intervals of AWS's length are between.
Result<void> Runner::ObserveClients(Course& course) {
  std::size_t failed = course.clients->tally().failed;
  Micros calm_since = NowMicros();
  const auto calm = [&] {
    const auto now_failed = course.clients->tally().failed;
    if (std::exchange(failed, now_failed) != now_failed) calm_since = NowMicros();
    return NowMicros() - calm_since > kCalmFor;
  };
  SCV_ASSIGN(const bool served, WaitFor(course, "waiting for the clients to be served",
                                        NowMicros() + Seconds(kClientsPatience), calm));
  static_cast<void>(served);
  return {};
}

Result<void> Runner::FinishClients(Course& course) {
  course.result.end = NowMicros();
  course.clients->Finish();
  const Micros deadline = NowMicros() + Seconds(kFinishWithin);
  const std::string stopped = std::exchange(course.result.stopped, "");
  while (!course.clients->tally().ended && NowMicros() < deadline) {
    show_({.what = "settling and reading everything"});
    if (wait_(kTick)) return Fail(ErrorKind::kConflict, "interrupted; everything was healed");
  }
  course.result.stopped = stopped;
  if (const auto error = course.clients->tally().error; !error.empty() && stopped.empty()) {
    course.result.stopped = error;
  }
  auto record = course.clients->Take();
  course.result.attempts = std::move(record.attempts);
  course.result.finals = std::move(record.finals);
  return {};
}

void Runner::Conclude(Course& course) {
  RunResult& result = course.result;
  if (result.first_step == 0) result.first_step = result.last_step = result.end;
  result.events = events_.Since(result.begin);
  auto& redundancy = result.redundancy;
  const auto last = poller_.last();
  for (const auto& change : poller_.changes()) {
    if (change.at < result.first_step) continue;
    redundancy.lost |= !change.whole;
    if (change.at < result.last_step) continue;
    redundancy.restored_s.reset();
    if (change.whole) {
      redundancy.restored_s = static_cast<double>(change.at - result.last_step) / kSecond;
    }
  }
  if (last.whole && !redundancy.restored_s) redundancy.restored_s = 0;
  if (!last.whole) {
    redundancy.restored_s.reset();
    redundancy.missing = last.missing;
  }
  Judge(result);
}

}  // namespace scv::drill
