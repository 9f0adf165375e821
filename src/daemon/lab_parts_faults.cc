// What the faults of a drill mean for the parts.
#include <signal.h>

#include "daemon/lab_parts.h"

namespace scv::daemon {
namespace {

struct Place {
  std::string region, zone;
};

// Where a part is, as far as power goes; no region: not in one.
Place PlaceOf(const lab::Part& part) {
  if (const auto* database = std::get_if<lab::DatabaseSpec>(&part.spec)) {
    return {database->region, database->zone};
  }
  if (const auto* node = std::get_if<lab::LoadBalancerNodeSpec>(&part.spec)) {
    return {node->region, node->zone};
  }
  if (const auto* instance = std::get_if<lab::InstanceSpec>(&part.spec)) {
    return {instance->region, instance->zone};
  }
  if (part.key.kind == lab::PartKind::kNameServer && part.key.region != aws::kGlobal) {
    return {part.key.region, ""};
  }
  return {};
}

bool IsFenced(const lab::Part& part) {
  const auto* database = std::get_if<lab::DatabaseSpec>(&part.spec);
  return database != nullptr && database->role.kind == lab::DatabaseRole::Kind::kFenced;
}

}  // namespace

Result<void> LabParts::PrepareFaults() {
  wide_areas_ =
      std::make_unique<world::WideAreas>(*processes_, *network_, settings_.runtime / "wide-areas");
  world::Faults::Targets targets{
      .network = *network_,
      .wide_areas = *wide_areas_,
      .processes = *processes_,
      .processes_in = [this](const std::string& region,
                             const std::string& zone) { return ProcessesIn(region, zone); },
      .process_of =
          [this](const std::string& part) {
            const auto process = ProcessFor(part);
            return processes_->Find(process) ? process : std::string();
          },
      .disk = [this](const std::string& part,
                     bool full) { return databases_->SetDiskFull(ProcessFor(part), full); }};
  SCV_ASSIGN(faults_, world::Faults::Open(std::move(targets), settings_.runtime / "faults.json"));
  return {};
}

std::vector<std::string> LabParts::ProcessesIn(const std::string& region, const std::string& zone) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> found;
  for (const auto& [process, place] : places_) {
    if (place.first == region && (zone.empty() || place.second == zone)) found.push_back(process);
  }
  return found;
}

Result<std::string> LabParts::Powered(
    const lab::Part& part, const std::function<Result<std::string>(const lab::Part&)>& make) {
  const auto place = PlaceOf(part);
  if (place.region.empty()) return make(part);
  const auto process = world::ProcessNameOf(part.key);
  {
    const std::lock_guard lock(mutex_);
    places_[process] = {place.region, place.zone};
  }
  // A database that must not run does not, with or without power.
  if (IsFenced(part)) return make(part);
  if (const auto why = faults_->Refuses(place.region, place.zone)) {
    return Fail(ErrorKind::kUnavailable, *why);
  }
  auto made = make(part);
  if (const auto why = faults_->Refuses(place.region, place.zone)) {
    static_cast<void>(processes_->Signal(process, SIGKILL));
    return Fail(ErrorKind::kUnavailable, *why);
  }
  return made;
}

Result<lab::Fault> LabParts::Inject(lab::Fault fault) { return faults_->Inject(std::move(fault)); }

Result<void> LabParts::Heal(const std::string& id) {
  return id.empty() ? faults_->HealAll() : faults_->Heal(id);
}

std::vector<lab::Fault> LabParts::Faults() { return faults_->List(); }

}  // namespace scv::daemon
