#include "drill/workload.h"

#include <algorithm>
#include <condition_variable>

#include "drill/backoff.h"
#include "drill/lane.h"

namespace scv::drill {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kDnsWithin{1'000};
constexpr milliseconds kAskAgain{300};

void WaitUntil(SteadyClock::time_point time) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  never.wait_until(lock, time, [] { return false; });
}

std::string UserName(const WorkloadOptions& options, int number) {
  return "drill-" + options.run + "-" + std::to_string(number);
}

}  // namespace

// The two stops of all lanes, and the lanes themselves.
struct Workload::Crew {
  std::stop_source begin, give_up;
  std::vector<std::unique_ptr<Lane>> lanes;
  std::mutex mutex;
  std::condition_variable left;
  std::size_t running = 0;

  void Run(Lane& lane) {
    lane.Run({begin.get_token(), give_up.get_token()});
    const std::lock_guard lock(mutex);
    --running;
    left.notify_all();
  }
};

Workload::Workload(WorkloadOptions options, AttemptSink sink)
    : options_(std::move(options)),
      resolver_(
          [this](const std::string& name) {
            return QueryAddresses(options_.name_server, name, kDnsWithin);
          },
          NowMicros),
      sink_(std::move(sink)),
      crew_(std::make_unique<Crew>()) {
  for (int number = 0; number < options_.clients; ++number) {
    people_.push_back(std::make_unique<Person>());
    people_.back()->number = number;
    people_.back()->fresh = number % 4 == 3;
  }
}

Workload::~Workload() { StopAll(); }

void Workload::StopAll() {
  crew_->begin.request_stop();
  crew_->give_up.request_stop();
  threads_.clear();
}

Result<void> Workload::SignUp(SteadyClock::time_point deadline) {
  std::vector<Result<void>> results(people_.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < people_.size(); ++i) {
      threads.emplace_back(
          [this, i, deadline, &results] { results[i] = SignUpOne(*people_[i], deadline); });
    }
  }
  for (const auto& result : results) SCV_TRY(result);
  return {};
}

Result<void> Workload::SignUpOne(Person& person, SteadyClock::time_point deadline) {
  MemoClient client(options_.host, options_.port, options_.root, resolver_, options_.seed);
  for (;;) {
    auto token = drill::SignUp(client, UserName(options_, person.number), options_.password);
    if (token) {
      person.token = *std::move(token);
      return {};
    }
    const bool repeat = token.error().kind == ErrorKind::kUnavailable;
    if (!repeat || SteadyClock::now() + kAskAgain >= deadline) {
      return std::unexpected(token.error());
    }
    WaitUntil(SteadyClock::now() + kAskAgain);
  }
}

void Workload::Start() {
  const auto sink = [this](const Attempt& attempt) {
    const std::lock_guard lock(sink_mutex_);
    sink_(attempt);
  };
  for (auto& person : people_) {
    for (const bool writes : {true, false}) {
      crew_->lanes.push_back(std::make_unique<Lane>(options_, *person, resolver_, sink, writes));
    }
  }
  crew_->running = crew_->lanes.size();
  for (auto& lane : crew_->lanes) {
    threads_.emplace_back([crew = crew_.get(), lane = lane.get()] { crew->Run(*lane); });
  }
}

void Workload::Finish(SteadyClock::time_point deadline) {
  crew_->begin.request_stop();
  {
    std::unique_lock lock(crew_->mutex);
    crew_->left.wait_until(lock, deadline, [&] { return crew_->running == 0; });
  }
  StopAll();
}

std::vector<FinalState> Workload::ReadFinals(SteadyClock::time_point deadline) {
  std::vector<FinalState> finals(people_.size());
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < people_.size(); ++i) {
    threads.emplace_back(
        [this, i, deadline, &finals] { finals[i] = ReadFinal(*people_[i], deadline); });
  }
  threads.clear();
  return finals;
}

FinalState Workload::ReadFinal(const Person& person, SteadyClock::time_point deadline) {
  MemoClient client(options_.host, options_.port, options_.root, resolver_, options_.seed);
  FinalState state;
  state.client = person.number;
  for (;;) {
    auto memos = Export(client, person.token, state.region);
    if (memos) {
      state.read = true;
      state.error.clear();
      state.memos = *std::move(memos);
      return state;
    }
    state.error = memos.error().message;
    if (SteadyClock::now() + kAskAgain >= deadline) return state;
    WaitUntil(SteadyClock::now() + kAskAgain);
  }
}

}  // namespace scv::drill
