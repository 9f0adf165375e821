#include "world/linux/faults.h"

#include <signal.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "world/linux/faults_tree.h"

namespace scv::world {
namespace {

using lab::Fault;
using Kind = lab::Fault::Kind;

constexpr int kPassesMax = 10;

bool IsName(const std::string& text) {
  return text.size() <= Faults::kNameSizeMax && std::ranges::all_of(text, [](unsigned char c) {
           return std::isalnum(c) || c == '.' || c == '_' || c == '/' || c == '-' || c == '~';
         });
}

bool NeedsPart(Kind kind) {
  return kind == Kind::kKill || kind == Kind::kPause || kind == Kind::kIsolate ||
         kind == Kind::kDiskFull;
}
bool NeedsZone(Kind kind) { return kind == Kind::kZonePower || kind == Kind::kZonePartition; }
bool NeedsRegion(Kind kind) {
  return NeedsZone(kind) || kind == Kind::kRegionPower || kind == Kind::kRegionPartition;
}

// The same but for the id and the time.
bool IsSame(Fault one, const Fault& other) {
  one.id = other.id;
  one.since = other.since;
  return one == other;
}

WanSettings ImpairmentOf(const std::vector<Fault>& faults) {
  WanSettings impairment;
  for (const Fault& fault : faults) {
    if (fault.kind != Kind::kWideArea) continue;
    impairment.delay = std::max(impairment.delay, fault.delay);
    impairment.loss_percent = std::max(impairment.loss_percent, fault.loss_percent);
  }
  impairment.partitioned = impairment.loss_percent >= 100;
  return impairment;
}

}  // namespace

Result<std::unique_ptr<Faults>> Faults::Open(Targets targets, std::filesystem::path file) {
  std::unique_ptr<Faults> faults(new Faults(std::move(targets), std::move(file)));
  auto record = ReadFaults(faults->file_);
  if (!record.has_value()) {
    spdlog::warn("all faults are healed: {}", record.error().message);
    record = FaultsRecord{};
  }
  faults->TakeUp(std::move(*record));
  SCV_TRY(faults->Spread());
  return faults;
}

void Faults::TakeUp(FaultsRecord record) {
  record_ = std::move(record);
  for (const Fault& fault : Record().faults) {
    // What it was about may be gone by now.
    const auto struck = Strike(fault);
    if (!struck.has_value() && struck.error().kind != ErrorKind::kNotFound) {
      spdlog::warn("the fault {} could not be taken up: {}", fault.id, struck.error().message);
    }
  }
}

FaultsRecord Faults::Record() const {
  const std::lock_guard lock(mutex_);
  return record_;
}

std::vector<Fault> Faults::List() const { return Record().faults; }

std::optional<std::string> Faults::Refuses(std::string_view region, std::string_view zone) const {
  const std::lock_guard lock(mutex_);
  for (const Fault& fault : record_.faults) {
    if (fault.region != region) continue;
    if (fault.kind == Kind::kRegionPower) return "region " + fault.region + " has no power";
    if (fault.kind == Kind::kZonePower && fault.zone == zone) {
      return "zone " + fault.zone + " has no power";
    }
  }
  return std::nullopt;
}

Result<void> Faults::Check(const Fault& fault) const {
  if (!IsName(fault.region) || !IsName(fault.zone) || !IsName(fault.part)) {
    return Fail(ErrorKind::kInvalid, "a fault's region, zone or part is no name");
  }
  if ((NeedsPart(fault.kind) && fault.part.empty()) ||
      (NeedsZone(fault.kind) && fault.zone.empty()) ||
      (NeedsRegion(fault.kind) && fault.region.empty())) {
    return Fail(ErrorKind::kInvalid, "the fault does not say what it strikes");
  }
  if (fault.kind == Kind::kWideArea &&
      (fault.delay < 0 || fault.delay > kWanDelayMax || fault.loss_percent < 0 ||
       fault.loss_percent > 100 || (fault.delay == 0 && fault.loss_percent == 0))) {
    return Fail(ErrorKind::kInvalid,
                "a wide area's fault has a delay of up to a minute, or a loss "
                "of up to 100 percent");
  }
  return {};
}

Result<Fault> Faults::Inject(Fault fault) {
  const std::lock_guard acting(acting_);
  SCV_TRY(Check(fault));
  const std::string process = fault.part.empty() ? "" : targets_.process_of(fault.part);
  if (NeedsPart(fault.kind) && process.empty()) {
    return Fail(ErrorKind::kNotFound, "there is no part called " + fault.part);
  }
  // "a" is the region's zone a.
  if (NeedsZone(fault.kind) && !fault.zone.starts_with(fault.region)) {
    fault.zone.insert(0, fault.region);
  }
  fault.since = WallClockMillis();
  FaultsRecord wanted = Record();
  fault.id = "f-" + std::to_string(wanted.next++);
  if (fault.kind == Kind::kKill) {
    SCV_TRY(targets_.processes.Signal(process, SIGKILL));
  } else {
    const auto same =
        std::ranges::find_if(wanted.faults, [&](const Fault& f) { return IsSame(f, fault); });
    if (same != wanted.faults.end()) {
      return Fail(ErrorKind::kConflict, "the fault " + same->id + " is this already");
    }
    if (wanted.faults.size() >= kFaultsMax) {
      return Fail(ErrorKind::kOverloaded, "there are too many faults; heal some");
    }
    wanted.faults.push_back(fault);
    wanted.processes[fault.id] = process;
  }
  // First the record: a daemon that dies after this strikes when it starts again.
  SCV_TRY(WriteFaults(file_, wanted));
  {
    const std::lock_guard lock(mutex_);
    record_ = std::move(wanted);
  }
  if (fault.kind == Kind::kKill) return fault;
  auto struck = Spread();
  if (struck.has_value()) struck = Strike(fault);
  if (struck.has_value()) return fault;
  static_cast<void>(Relieve(fault));
  Forget(fault.id);
  static_cast<void>(Spread());
  return std::unexpected(struck.error());
}

void Faults::Forget(std::string_view id) {
  FaultsRecord rest = Record();
  std::erase_if(rest.faults, [&](const Fault& fault) { return fault.id == id; });
  rest.processes.erase(std::string(id));
  if (const auto written = WriteFaults(file_, rest); !written.has_value()) {
    spdlog::warn("{}; the fault {} would come back with a new start of the daemon",
                 written.error().message, id);
  }
  const std::lock_guard lock(mutex_);
  record_ = std::move(rest);
}

Result<void> Faults::Heal(std::string_view id) {
  const std::lock_guard acting(acting_);
  const auto record = Record();
  const auto found = std::ranges::find(record.faults, id, &Fault::id);
  if (found == record.faults.end()) {
    return Fail(ErrorKind::kNotFound, "there is no such fault");
  }
  SCV_TRY(Relieve(*found));
  Forget(id);
  return Spread();
}

Result<void> Faults::HealAll() {
  const std::lock_guard acting(acting_);
  Result<void> outcome;
  for (const Fault& fault : Record().faults) {
    const auto relieved = Relieve(fault);
    if (relieved.has_value()) {
      Forget(fault.id);
    } else if (outcome.has_value()) {
      outcome = relieved;
    }
  }
  const auto spread = Spread();
  return outcome.has_value() ? spread : outcome;
}

// What all faults together mean for the networks.
Result<void> Faults::Spread() {
  lab::NetworkFaults cut;
  const auto faults = Record().faults;
  for (const Fault& fault : faults) {
    if (fault.kind == Kind::kIsolate) cut.hosts.insert(ProcessOf(fault));
    if (NeedsZone(fault.kind)) cut.zones.insert({fault.region, fault.zone});
    if (fault.kind == Kind::kRegionPower) cut.zones.insert({fault.region, ""});
    if (NeedsRegion(fault.kind) && !NeedsZone(fault.kind)) cut.regions.insert(fault.region);
  }
  cut.hosts.erase("");
  const auto impaired = targets_.wide_areas.Impair(ImpairmentOf(faults));
  SCV_TRY(targets_.network.SetFaults(cut));
  return impaired;
}

// What one fault does besides, when the networks have it.
Result<void> Faults::Strike(const Fault& fault) {
  switch (fault.kind) {
    case Kind::kPause: {
      SCV_ASSIGN(const int pid, PidOf(fault));
      return StopProcessTree(pid);
    }
    case Kind::kZonePower:
    case Kind::kRegionPower:
      return CutPower(fault);
    case Kind::kDiskFull:
      return targets_.disk(fault.part, true);
    case Kind::kKill:
    case Kind::kZonePartition:
    case Kind::kRegionPartition:
    case Kind::kIsolate:
    case Kind::kWideArea:
      break;
  }
  return {};
}

Result<void> Faults::Relieve(const Fault& fault) {
  if (fault.kind == Kind::kDiskFull) return targets_.disk(fault.part, false);
  if (fault.kind == Kind::kPause) {
    if (const auto pid = PidOf(fault); pid.has_value()) ContinueProcessTree(*pid);
  }
  return {};
}

std::string Faults::ProcessOf(const Fault& fault) const {
  const std::lock_guard lock(mutex_);
  const auto found = record_.processes.find(fault.id);
  return found == record_.processes.end() ? "" : found->second;
}

Result<int> Faults::PidOf(const Fault& fault) const {
  const auto status = targets_.processes.Find(ProcessOf(fault));
  if (!status.has_value() || !status->running) {
    return Fail(ErrorKind::kNotFound, fault.part + " does not run");
  }
  return status->pid;
}

// Everything is hit before any is waited for; further passes find what was being started.
Result<void> Faults::CutPower(const Fault& fault) {
  const std::string zone = fault.kind == Kind::kZonePower ? fault.zone : "";
  const auto alive = [&] {
    auto names = targets_.processes_in(fault.region, zone);
    std::erase_if(names, [&](const std::string& name) {
      const auto status = targets_.processes.Find(name);
      return !status.has_value() || !status->running;
    });
    return names;
  };
  for (int pass = 0; pass < kPassesMax; ++pass) {
    const auto names = alive();
    if (names.empty()) return {};
    for (const auto& name : names) static_cast<void>(targets_.processes.Signal(name, SIGKILL));
    for (const auto& name : names) SCV_TRY(targets_.processes.Stop(name, {}));
  }
  return Fail(ErrorKind::kTimeout,
              "processes in " + fault.region + " " + zone + " are started anew");
}

}  // namespace scv::world
