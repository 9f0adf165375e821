#include "world/linux/linux_world.h"

#include <spdlog/spdlog.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <utility>

namespace scv::world {
namespace {

// How often the CPU of instances is read: often enough for the lab's metric period of a second.
constexpr std::chrono::milliseconds kMeasureEvery{500};

struct KindWord {
  lab::PartKind kind;
  std::string_view word;
};
constexpr std::array kKindWords{
    KindWord{lab::PartKind::kInternet, "internet"},
    KindWord{lab::PartKind::kRouter, "router"},
    KindWord{lab::PartKind::kNameServer, "dns"},
    KindWord{lab::PartKind::kNames, "names"},
    KindWord{lab::PartKind::kCertificate, "certificate"},
    KindWord{lab::PartKind::kWideArea, "wan"},
    KindWord{lab::PartKind::kDatabase, "db"},
    KindWord{lab::PartKind::kLoadBalancerNode, "alb"},
    KindWord{lab::PartKind::kInstance, "instance"},
    KindWord{lab::PartKind::kEndpointCheck, "check"},
    KindWord{lab::PartKind::kDoor, "door"},
};

}  // namespace

std::string ProcessNameOf(const lab::PartKey& key) {
  for (const auto& [kind, word] : kKindWords) {
    if (kind == key.kind) return std::string(word) + "/" + key.region + "/" + key.name;
  }
  return key.name;
}

std::optional<lab::PartKey> PartOfProcessName(std::string_view name) {
  const auto first = name.find('/');
  const auto second = first == std::string_view::npos ? first : name.find('/', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  for (const auto& [kind, word] : kKindWords) {
    if (word != name.substr(0, first)) continue;
    return lab::PartKey{.kind = kind,
                        .region = std::string(name.substr(first + 1, second - first - 1)),
                        .name = std::string(name.substr(second + 1))};
  }
  return std::nullopt;
}

LinuxWorld::LinuxWorld(Processes& processes, Makers makers, int threads)
    : processes_(processes),
      makers_(std::move(makers)),
      executor_(std::make_unique<PartExecutor>(threads)) {
  processes_.OnExit([this](const ProcessStatus& status) { Ended(status); });
}

LinuxWorld::~LinuxWorld() {
  watcher_ = {};
  processes_.OnExit([](const ProcessStatus&) {});
  executor_.reset();
}

Millis LinuxWorld::Now() const { return WallClockMillis(); }

void LinuxWorld::OnSighting(Sink sink) {
  sink_ = std::move(sink);
  watcher_ = std::jthread([this](const std::stop_token& stop) { Watch(stop); });
}

std::string LinuxWorld::ProcessOf(const lab::PartKey& key) const {
  const auto maker = makers_.find(key.kind);
  if (maker == makers_.end() || !maker->second.process_name) return "";
  return maker->second.process_name(key);
}

void LinuxWorld::Act(lab::Action action) {
  const lab::PartKey key = action.part.key;
  executor_->Run(key, [this, action = std::move(action)] {
    if (action.kind == lab::Action::Kind::kTakeDown) {
      TakeDown(action.part, action.revision);
    } else {
      Make(action.part, action.revision);
    }
  });
}

void LinuxWorld::Make(const lab::Part& part, std::uint64_t revision) {
  const auto maker = makers_.find(part.key.kind);
  if (maker == makers_.end()) {
    Note(part.key, lab::Phase::kFailed, revision, "this program makes no such part");
    return;
  }
  bool standing = false;
  {
    const std::lock_guard lock(mutex_);
    auto& known = known_[part.key];
    known.taking_down = false;
    known.stands_dead = maker->second.stands_dead && maker->second.stands_dead(part);
    standing = known.phase == lab::Phase::kRunning;
    const std::string process = ProcessOf(part.key);
    if (!process.empty()) parts_by_process_[process] = part.key;
  }
  // What already runs goes on running while it is changed.
  if (!standing) Note(part.key, lab::Phase::kStarting, revision, "");
  auto made = maker->second.make(part);
  if (made) {
    Note(part.key, lab::Phase::kRunning, revision, std::move(*made));
  } else {
    spdlog::warn("{} {}: {}", Name(part.key.kind), part.key.name, made.error().message);
    Note(part.key, lab::Phase::kFailed, revision, made.error().message);
  }
}

void LinuxWorld::TakeDown(const lab::Part& part, std::uint64_t revision) {
  const auto maker = makers_.find(part.key.kind);
  if (maker == makers_.end()) return;
  {
    const std::lock_guard lock(mutex_);
    known_[part.key].taking_down = true;
  }
  Note(part.key, lab::Phase::kStopping, revision, "");
  const auto taken = maker->second.take_down(part.key);
  if (!taken) {
    spdlog::warn("{} {}: {}", Name(part.key.kind), part.key.name, taken.error().message);
    Note(part.key, lab::Phase::kFailed, revision, taken.error().message);
    return;
  }
  Note(part.key, lab::Phase::kAbsent, revision, "");
  const std::lock_guard lock(mutex_);
  known_.erase(part.key);
  parts_by_process_.erase(ProcessOf(part.key));
}

// With the mutex held, so that sightings arrive in the order in which they were made.
void LinuxWorld::Tell(const lab::PartKey& key, const Known& known) {
  lab::Sighting sighting;
  sighting.key = key;
  sighting.phase = known.phase;
  sighting.revision = known.revision;
  sighting.detail = known.detail;
  sighting.at = Now();
  sighting.targets = known.targets;
  sighting.database = known.database;
  if (key.kind == lab::PartKind::kDatabase) {
    const auto status = processes_.Find(ProcessOf(key));
    if (!sighting.database) sighting.database.emplace();
    sighting.database->ended = !status || !status->running;
  }
  sighting.check = known.check;
  sighting.cpu_micros_total = known.cpu_micros_total;
  if (sink_) sink_(std::move(sighting));
}

// A process may have died between the end of its making and this note: then that counts.
void LinuxWorld::Note(const lab::PartKey& key, lab::Phase phase, std::uint64_t revision,
                      std::string detail) {
  const std::lock_guard lock(mutex_);
  auto& known = known_[key];
  const std::string process = ProcessOf(key);
  if (phase == lab::Phase::kRunning && !process.empty() && !known.stands_dead) {
    const auto status = processes_.Find(process);
    if (!status || !status->running) {
      phase = lab::Phase::kFailed;
      detail = "its process ended at once";
    }
  }
  known.phase = phase;
  known.revision = revision;
  known.detail = std::move(detail);
  if (phase != lab::Phase::kRunning) known.targets.clear();
  Tell(key, known);
}

void LinuxWorld::Ended(const ProcessStatus& status) {
  const std::lock_guard lock(mutex_);
  const auto part = parts_by_process_.find(status.name);
  if (part == parts_by_process_.end()) return;
  auto& known = known_[part->second];
  // Being made or taken down: whoever does that sees it, too.
  if (known.taking_down || known.stands_dead || known.phase != lab::Phase::kRunning) return;
  known.phase = lab::Phase::kFailed;
  known.detail = "its process ended with " + std::to_string(status.exit_code);
  known.targets.clear();
  Tell(part->second, known);
}

Result<void> LinuxWorld::TakeUp() {
  for (const auto& status : processes_.List()) {
    const auto key = PartOfProcessName(status.name);
    if (!key) continue;
    const std::lock_guard lock(mutex_);
    auto& known = known_[*key];
    known.phase = status.running ? lab::Phase::kRunning : lab::Phase::kFailed;
    known.detail = status.running ? "" : "it ended while nobody watched";
    parts_by_process_[status.name] = *key;
    Tell(*key, known);
  }
  return {};
}

void LinuxWorld::SeeTargets(const lab::PartKey& key, std::vector<lab::TargetSighting> targets) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(key);
  if (found == known_.end() || found->second.phase != lab::Phase::kRunning) return;
  found->second.targets = std::move(targets);
  Tell(key, found->second);
}

void LinuxWorld::SeeDatabase(const lab::PartKey& key, lab::DatabaseSighting look) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(key);
  if (found == known_.end() || found->second.taking_down) return;
  found->second.database = std::move(look);
  Tell(key, found->second);
}

void LinuxWorld::SeeCheck(const lab::PartKey& key, lab::CheckSighting check) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(key);
  if (found == known_.end() || found->second.phase != lab::Phase::kRunning) return;
  found->second.check = std::move(check);
  Tell(key, found->second);
}

void LinuxWorld::Watch(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    changed.wait_for(lock, stop, kMeasureEvery, [] { return false; });
    if (!stop.stop_requested()) Measure();
  }
}

void LinuxWorld::Measure() {
  std::vector<lab::PartKey> instances;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, known] : known_) {
      if (known.phase != lab::Phase::kRunning) continue;
      if (key.kind == lab::PartKind::kInstance) instances.push_back(key);
      // Rates are totals over time: totals that stay the same are news, too.
      if (key.kind == lab::PartKind::kLoadBalancerNode && !known.targets.empty()) Tell(key, known);
    }
  }
  for (const auto& key : instances) {
    const auto used = processes_.CpuMicros(ProcessOf(key));
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(key);
    if (!used || found == known_.end() || found->second.phase != lab::Phase::kRunning) continue;
    found->second.cpu_micros_total = *used;
    Tell(key, found->second);
  }
}

}  // namespace scv::world
