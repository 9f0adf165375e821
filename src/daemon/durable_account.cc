#include "daemon/durable_account.h"

#include <algorithm>

namespace scv::daemon {
namespace {

using Clock = std::chrono::steady_clock;

// How often a waiting caller looks whether it was told to stop.
constexpr std::chrono::milliseconds kStopPoll{100};

Error NotThere(const aws::ResourceKey& key) {
  return {ErrorKind::kNotFound, key.type + " " + key.id + " does not exist in " + key.region};
}

// What `next` changes of `before`; resources are shared, so pointers tell.
StateChange Difference(const aws::DesiredState& before, const aws::DesiredState& next) {
  StateChange change;
  for (const auto& [key, resource] : next.all()) {
    const auto found = before.all().find(key);
    if (found == before.all().end() || found->second != resource) change.put.push_back(*resource);
  }
  for (const auto& [key, resource] : before.all()) {
    if (!next.all().contains(key)) change.removed.push_back(key);
  }
  return change;
}

}  // namespace

bool IsDeleting(const aws::Resource& resource) {
  return resource.attributes.contains(kDeletingMark);
}

std::vector<aws::ResourceKey> Unacknowledged(const aws::DesiredState& state) {
  std::vector<aws::ResourceKey> keys;
  for (const auto& [key, resource] : state.all()) {
    if (resource->attributes.contains(aws::kCreatingMark)) keys.push_back(key);
  }
  return keys;
}

DurableAccount::DurableAccount(std::unique_ptr<StateStore> store, aws::DesiredState state)
    : store_(std::move(store)),
      state_(std::make_shared<const aws::DesiredState>(std::move(state))) {}

std::shared_ptr<const aws::DesiredState> DurableAccount::State() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

// With the mutex held: numbers what changed, saves it, makes it visible.
Result<void> DurableAccount::Publish(aws::DesiredState next) {
  StateChange change = Difference(*state_, next);
  if (change.empty()) return {};
  const std::uint64_t revision = state_->revision() + 1;
  next.set_revision(revision);
  for (auto& resource : change.put) {
    resource.revision = revision;
    resource.status = IsDeleting(resource) ? aws::Status::kDeleting : aws::Status::kPending;
    next.Put(resource);
  }
  SCV_TRY(store_->Save(change));
  for (const auto& key : change.removed) progress_.erase(key);
  state_ = std::make_shared<const aws::DesiredState>(std::move(next));
  return {};
}

Result<void> DurableAccount::Write(const Change& change) {
  {
    const std::lock_guard lock(mutex_);
    aws::DesiredState next = *state_;
    SCV_TRY(change(next));
    SCV_TRY(Publish(std::move(next)));
  }
  told_();
  return {};
}

Result<void> DurableAccount::Acknowledge(const aws::ResourceKey& key) {
  Result<void> saved;
  {
    const std::lock_guard lock(mutex_);
    owed_.insert(key);
    saved = SaveOwed();
  }
  if (!saved) told_();  // somebody has to try again
  return saved;
}

// With the mutex held.
Result<void> DurableAccount::SaveOwed() {
  StateChange change;
  aws::DesiredState next = *state_;
  for (const auto& key : owed_) {
    const auto* found = next.Find(key);
    if (found == nullptr || !found->attributes.contains(aws::kCreatingMark)) continue;
    aws::Resource resource = *found;
    resource.attributes.erase(aws::kCreatingMark);
    change.put.push_back(resource);
    next.Put(std::move(resource));
  }
  SCV_TRY(store_->Save(change));
  owed_.clear();
  if (!change.put.empty()) state_ = std::make_shared<const aws::DesiredState>(std::move(next));
  return {};
}

bool DurableAccount::CatchUp() {
  const std::lock_guard lock(mutex_);
  return owed_.empty() || SaveOwed().has_value();
}

Result<void> DurableAccount::Delete(const aws::ResourceKey& key) {
  return Write([&](aws::DesiredState& state) -> Result<void> {
    const auto* found = state.Find(key);
    if (found == nullptr) return std::unexpected(NotThere(key));
    if (IsDeleting(*found)) return {};
    aws::Resource marked = *found;
    marked.attributes[kDeletingMark] = true;
    state.Put(std::move(marked));
    return {};
  });
}

Result<void> DurableAccount::WaitSettled(const aws::ResourceKey& key, Clock::time_point deadline,
                                         const std::function<bool()>& stopped) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto* resource = state_->Find(key);
    if (resource == nullptr) return {};  // deleted, and the lab has nothing of it any more
    const auto found = progress_.find(key);
    std::string missing = "the lab has not looked at it yet";
    if (found != progress_.end() && found->second.revision >= resource->revision) {
      const auto& progress = found->second;
      const bool stands =
          progress.status == aws::Status::kAvailable || progress.status == aws::Status::kRecorded;
      if (stands && !IsDeleting(*resource)) return {};
      missing = progress.reason;
    }
    if (stopped()) {
      return Fail(ErrorKind::kConflict,
                  "interrupted while " + key.type + " " + key.id + " was not settled: " + missing);
    }
    const auto now = Clock::now();
    if (now >= deadline) {
      return Fail(ErrorKind::kTimeout,
                  key.type + " " + key.id + " is not settled in time: " + missing);
    }
    settled_.wait_until(lock, std::min(deadline, now + kStopPoll));
  }
}

Result<boost::json::object> DurableAccount::Read(const aws::ResourceKey& key) {
  const auto state = State();
  const auto* resource = state->Find(key);
  if (resource == nullptr || IsDeleting(*resource)) return std::unexpected(NotThere(key));
  return overlay_ ? overlay_(*resource) : Result<boost::json::object>(resource->attributes);
}

Result<void> DurableAccount::Settle(const std::map<aws::ResourceKey, Progress>& progress,
                                    const std::vector<aws::ResourceKey>& gone) {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, found] : progress) progress_[key] = found;
    if (!gone.empty()) {
      aws::DesiredState next = *state_;
      for (const auto& key : gone) {
        const auto* resource = next.Find(key);
        // Created anew in the meantime: that one stays.
        if (resource != nullptr && IsDeleting(*resource)) next.Remove(key);
      }
      SCV_TRY(Publish(std::move(next)));
    }
  }
  settled_.notify_all();
  return {};
}

Result<void> DurableAccount::Remember(
    const Documents& documents, const std::vector<std::pair<std::string, std::string>>& forgotten) {
  const std::lock_guard lock(mutex_);
  return store_->Save({.put = {}, .removed = {}, .documents = documents, .forgotten = forgotten});
}

std::optional<Progress> DurableAccount::ProgressOf(const aws::ResourceKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = progress_.find(key);
  return found == progress_.end() ? std::nullopt : std::optional(found->second);
}

std::map<aws::ResourceKey, Progress> DurableAccount::AllProgress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

}  // namespace scv::daemon
