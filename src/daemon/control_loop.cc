#include "daemon/control_loop.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>

#include "aws/views_compute.h"
#include "control/certificate_plan.h"
#include "control/group_read.h"
#include "control/lab_plan_context.h"
#include "control/settled.h"
#include "daemon/instance_document.h"
#include "daemon/random_id.h"

namespace scv::daemon {
namespace {

using control::GroupKey;
using control::InstanceRecord;
using control::Lifecycle;

// Decisions that only feed the next one (launches become records) are made at once, to a limit.
constexpr int kRoundsMax = 4;
// Sightings that wait; more than this means that nobody reads them.
constexpr std::size_t kInboxMax = 100'000;
// After the disk could not take it.
constexpr Millis kWriteAgainAfter = 1000;

std::string DocumentName(const GroupKey& key) { return key.region + "/" + key.name; }

}  // namespace

ControlLoop::ControlLoop(DurableAccount& account, world::World& world, EventLog& events,
                         control::Pace pace)
    : account_(account),
      world_(world),
      events_(events),
      fleets_(pace),
      databases_(pace, events,
                 [this](const Documents& documents, const auto& forgotten) {
                   return account_.Remember(documents, forgotten);
                 }),
      routing_(events),
      keeper_([this](const Documents& documents,
                     const auto& forgotten) { return account_.Remember(documents, forgotten); },
              events),
      state_(account.State()) {
  environment_.pace = pace;
}

ControlLoop::~ControlLoop() { Stop(); }

Result<void> ControlLoop::Restore(const Documents& documents) {
  const std::lock_guard lock(mutex_);
  const Millis now = world_.Now();
  for (const auto& [key, text] : documents) {
    const auto& [kind, name] = key;
    if (kind == "instance") {
      SCV_ASSIGN(const auto record, ParseInstanceDocument(text));
      records_[record.id] = record;
      fleets_.PutRecord(record, now);
    } else if (kind == "fleet") {
      SCV_ASSIGN(auto memory, control::ParseGroupMemory(text));
      const auto slash = name.find('/');
      fleets_.Remember({.region = name.substr(0, slash), .name = name.substr(slash + 1)},
                       std::move(memory));
    } else if (kind == "database") {
      SCV_TRY(databases_.Restore(name, text));
    } else if (kind == "routing") {
      SCV_TRY(routing_.Restore(text));
    } else if (kind == "addresses") {
      boost::system::error_code code;
      const auto value = boost::json::parse(text, code);
      if (code || !value.is_object()) {
        return Fail(ErrorKind::kInternal, "the book of addresses is no JSON object");
      }
      SCV_ASSIGN(book_, control::AddressBook::FromJson(value.get_object()));
      book_document_ = text;
    }
  }
  return {};
}

void ControlLoop::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void ControlLoop::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void ControlLoop::Poke() {
  {
    const std::lock_guard lock(inbox_mutex_);
    poked_ = true;
  }
  arrived_.notify_one();
}

void ControlLoop::See(lab::Sighting sighting) {
  {
    const std::lock_guard lock(inbox_mutex_);
    if (inbox_.size() < kInboxMax) inbox_.push_back(std::move(sighting));
  }
  arrived_.notify_one();
}

void ControlLoop::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::vector<lab::Sighting> sightings;
    {
      std::unique_lock lock(inbox_mutex_);
      const Millis patience = std::clamp<Millis>(wake_at_ - world_.Now(), 0, 60'000);
      arrived_.wait_for(lock, stop, std::chrono::milliseconds(patience),
                        [this] { return poked_ || !inbox_.empty(); });
      sightings.swap(inbox_);
      poked_ = false;
    }
    if (stop.stop_requested()) return;
    Step(std::move(sightings));
  }
}

void ControlLoop::Step(std::vector<lab::Sighting> sightings) {
  const std::lock_guard lock(mutex_);
  const Millis now = world_.Now();
  for (const auto& sighting : sightings) TakeIn(sighting, now);
  ReadDesired();
  DecideFleets(now);
  ForgetTerminated();
  Act(now);
  TellProgress();
  keeper_.Retry(now);
  if (keeper_.waits() || !account_.CatchUp()) wake_at_ = std::min(wake_at_, now + kWriteAgainAfter);
}

void ControlLoop::TakeIn(const lab::Sighting& sighting, Millis now) {
  const auto before = observed_.PhaseOf(sighting.key);
  const bool matters = observed_.Fold(sighting);
  fleets_.See(sighting);
  if (!matters) return;
  progress_stale_ = true;
  if (sighting.key.kind == lab::PartKind::kNames) plan_stale_ = true;  // certificates wait for it
  if (sighting.phase != before || sighting.phase == lab::Phase::kFailed) {
    events_.Add(now, "part", sighting.key.name,
                std::string(Name(sighting.key.kind)) + " is " + std::string(Name(sighting.phase)),
                sighting.detail);
  }
}

void ControlLoop::ReadDesired() {
  auto state = account_.State();
  if (state->revision() == read_revision_) return;
  read_revision_ = state->revision();
  state_ = std::move(state);
  plan_stale_ = progress_stale_ = true;
  routing_.SetState(*state_);
  std::set<GroupKey> wanted;
  for (auto& group : control::ReadGroups(*state_)) {
    wanted.insert(group.key);
    PutGroup(std::move(group));
  }
  std::vector<GroupKey> gone;
  for (const auto& [key, group] : fleets_.groups()) {
    if (!wanted.contains(key)) gone.push_back(key);
  }
  for (const auto& key : gone) {
    fleets_.RemoveGroup(key);
    keeper_.Keep({}, {{"fleet", DocumentName(key)}}, world_.Now());
  }
}

// What a group cannot read off its own resource: the nodes that serve its targets, and how much CPU
// an instance has.
void ControlLoop::PutGroup(control::GroupDesired group) {
  for (auto& targets : group.targets) {
    const auto nodes = plan_.target_group_nodes.find(targets.arn);
    if (nodes != plan_.target_group_nodes.end()) targets.nodes = nodes->second;
  }
  const auto* launch =
      state_->Find(group.key.region, "aws_launch_template", group.launch_template_id);
  if (launch != nullptr) {
    const auto settings = aws::ReadLaunchTemplateVersion(*launch, group.wanted_version);
    const auto limits = control::LimitsOf(settings ? settings->instance_type : "");
    if (limits.cpu_millis > 0) group.cpu_millis = limits.cpu_millis;
  }
  fleets_.PutGroup(std::move(group));
}

void ControlLoop::DecideFleets(Millis now) {
  for (int round = 0; round < kRoundsMax; ++round) {
    const auto plans = fleets_.Decide(now);
    if (plans.empty()) return;
    progress_stale_ = true;
    for (const auto& plan : plans) CarryOut(plan, now);
  }
}

// Writes down before anything is done: after a crash the lab goes on from what is on disk.
void ControlLoop::CarryOut(const control::GroupPlan& plan, Millis now) {
  Documents documents;
  if (plan.memory_changed) {
    documents[{"fleet", DocumentName(plan.key)}] = control::ToJson(plan.memory);
  }
  for (const auto& record : plan.records) {
    records_[record.id] = record;
    documents[{"instance", record.id}] = ToDocument(record);
  }
  std::vector<InstanceRecord> launched;
  for (const auto& launch : plan.launches) {
    auto record = MakeRecord(launch, now);
    if (!record) continue;
    documents[{"instance", record->id}] = ToDocument(*record);
    launched.push_back(std::move(*record));
  }
  keeper_.Keep(documents, {}, now);
  for (auto& record : launched) {
    fleets_.PutRecord(record, now);
    records_[record.id] = std::move(record);
  }
  for (const auto& activity : plan.activities) {
    events_.Add(now, "fleet", plan.key.name, activity.description, activity.cause);
  }
  if (!documents.empty() || plan.registrations_changed) plan_stale_ = true;
}

std::optional<InstanceRecord> ControlLoop::MakeRecord(const control::Launch& launch, Millis now) {
  const auto* subnet = state_->Find(launch.group.region, "aws_subnet", launch.subnet_id);
  InstanceRecord record;
  record.id = RandomId("i-");
  const auto address =
      subnet == nullptr ? std::nullopt
                        : book_.Private(launch.subnet_id,
                                        aws::String(subnet->attributes, "cidr_block"), record.id);
  if (!address) {
    fleets_.LaunchFailed(launch.group, launch.zone,
                         "subnet " + launch.subnet_id + " has no free address", now);
    return std::nullopt;
  }
  record.region = launch.group.region;
  record.zone = launch.zone;
  record.subnet_id = launch.subnet_id;
  record.vpc_id = launch.vpc_id;
  record.interface_id = RandomId("eni-");
  record.address = *address;
  record.group = launch.group.name;
  record.launch_template_id = launch.launch_template_id;
  record.launch_template_version = launch.launch_template_version;
  record.launched_at = now;
  record.reason = launch.reason;
  return record;
}

void ControlLoop::ForgetTerminated() {
  std::vector<std::pair<std::string, std::string>> forgotten;
  for (auto it = records_.begin(); it != records_.end();) {
    const auto& record = it->second;
    const lab::PartKey key{lab::PartKind::kInstance, record.region, record.id};
    if (record.lifecycle != Lifecycle::kTerminated || !observed_.Gone(key) ||
        plan_.Find(key) != nullptr) {
      ++it;
      continue;
    }
    fleets_.RemoveRecord(record.id);
    forgotten.emplace_back("instance", record.id);
    it = records_.erase(it);
    plan_stale_ = true;
  }
  keeper_.Keep({}, forgotten, world_.Now());
}

void ControlLoop::CompilePlan() {
  environment_.regions = control::RegionIndexes(*state_, environment_.regions);
  for (const auto& [key, part] : observed_.all()) {
    const bool public_names = key.kind == lab::PartKind::kNames && key.name.empty();
    if (!public_names || !part.standing) continue;
    if (const auto* served = std::get_if<lab::NamesSpec>(&part.standing->spec)) {
      environment_.validated_certificates = control::ValidatedCertificates(*state_, *served);
    }
  }
  std::vector<InstanceRecord> records;
  records.reserve(records_.size());
  for (const auto& [id, record] : records_) records.push_back(record);
  const auto nodes_before = std::move(plan_.target_group_nodes);
  plan_ = control::Compile(*state_, records, fleets_.Registrations(), environment_, book_);
  if (plan_.target_group_nodes != nodes_before) {
    for (auto& group : control::ReadGroups(*state_)) PutGroup(std::move(group));
  }
  databases_.SetClusters(plan_.databases);
  plan_stale_ = false;
  progress_stale_ = true;
  std::string document = boost::json::serialize(book_.ToJson());
  if (document == book_document_) return;
  keeper_.Keep({{{"addresses", "book"}, document}}, {}, world_.Now());
  book_document_ = std::move(document);
}

// What the plan depends on besides the desired state: who is primary, and what can be reached.
bool ControlLoop::DecideSurroundings(Millis now) {
  wake_at_ = control::kNever;
  const bool routes = routing_.Decide(plan_, observed_, now, environment_);
  if (auto checks = routing_.TakeDocument()) {
    keeper_.Keep({{{"routing", "checks"}, *std::move(checks)}}, {}, now);
  }
  const bool roles =
      databases_.Decide(observed_, routing_.lost_regions(), now, environment_, wake_at_);
  return routes || roles;
}

void ControlLoop::Act(Millis now) {
  if (plan_stale_) CompilePlan();
  if (DecideSurroundings(now)) CompilePlan();
  auto reconciled = control::Reconcile(plan_.parts, observed_, now);
  for (auto& action : reconciled.actions) {
    progress_stale_ = true;
    SPDLOG_DEBUG("{} {}: {}", Name(action.part.key.kind), action.part.key.name, action.reason);
    world_.Act(std::move(action));
  }
  const auto fleet_wake = fleets_.NextWake();
  wake_at_ = std::min({wake_at_, reconciled.wake_at, fleet_wake.value_or(control::kNever)});
  // What was decided may need another look at once: names that now stand, records made meanwhile.
  if (plan_stale_ || fleets_.touched() > 0) wake_at_ = now;
}

void ControlLoop::TellProgress() {
  if (!progress_stale_) return;
  progress_stale_ = false;
  control::GroupStatuses groups;
  for (const auto& [key, group] : fleets_.groups()) {
    const aws::ResourceKey resource{
        .region = key.region, .type = "aws_autoscaling_group", .id = key.name};
    groups[resource] = {.settled = group.status.settled,
                        .failed = group.status.failed,
                        .gone = group.status.gone,
                        .missing = group.status.missing};
  }
  std::map<aws::ResourceKey, Progress> changed;
  std::vector<aws::ResourceKey> gone;
  for (const auto& [key, resource] : state_->all()) {
    const auto found = control::StatusOf(*resource, plan_, observed_, groups);
    if (found.gone) gone.push_back(key);
    const Progress progress{
        .status = found.status, .reason = found.reason, .revision = resource->revision};
    auto& told = told_[key];
    if (told == progress) continue;
    told = progress;
    changed[key] = progress;
  }
  std::erase_if(told_, [this](const auto& entry) { return state_->Find(entry.first) == nullptr; });
  if (changed.empty() && gone.empty()) return;
  if (const auto settled = account_.Settle(changed, gone); !settled) {
    spdlog::error("cannot write the state: {}", settled.error().message);
    progress_stale_ = true;
    wake_at_ = std::min(wake_at_, world_.Now() + kWriteAgainAfter);
  }
  if (!gone.empty()) wake_at_ = 0;  // the state changed: look again
}

Result<boost::json::object> ControlLoop::Overlaid(const aws::Resource& resource) const {
  boost::json::object attributes = resource.attributes;
  if (resource.key.type == "aws_autoscaling_group") {
    const std::lock_guard lock(mutex_);
    const auto* group = fleets_.Find({.region = resource.key.region, .name = resource.key.id});
    if (group != nullptr && group->memory.created) {
      attributes["desired_capacity"] = group->memory.capacity;
    }
  }
  return attributes;
}

void ControlLoop::Look(const std::function<void(const View&)>& look) const {
  const std::lock_guard lock(mutex_);
  look(View{.state = *state_,
            .plan = plan_,
            .parts = observed_.all(),
            .groups = fleets_.groups(),
            .databases = databases_.clusters(),
            .routing = routing_,
            .now = world_.Now()});
}

std::optional<InstanceRecord> ControlLoop::FindInstance(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  return found == records_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace scv::daemon
