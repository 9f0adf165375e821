#include "provider/memory_account.h"

#include <utility>

namespace scv::provider {

std::shared_ptr<const aws::DesiredState> MemoryAccount::State() const {
  const std::scoped_lock lock(mutex_);
  return state_;
}

Result<void> MemoryAccount::Write(const Change& change) {
  const std::scoped_lock one_at_a_time(writing_);
  auto copy = std::make_shared<aws::DesiredState>(*State());
  SCV_TRY(change(*copy));
  copy->set_revision(copy->revision() + 1);
  const std::scoped_lock lock(mutex_);
  state_ = std::move(copy);
  return {};
}

Result<void> MemoryAccount::Acknowledge(const aws::ResourceKey& key) {
  return Write([&](aws::DesiredState& state) -> Result<void> {
    const auto* found = state.Find(key);
    if (found == nullptr) return {};
    aws::Resource resource = *found;
    resource.attributes.erase(aws::kCreatingMark);
    state.Put(std::move(resource));
    return {};
  });
}

Result<void> MemoryAccount::Delete(const aws::ResourceKey& key) {
  return Write([&](aws::DesiredState& state) -> Result<void> {
    if (state.Find(key) == nullptr) return Fail(ErrorKind::kNotFound, key.id + " is not there");
    state.Remove(key);
    return {};
  });
}

Result<void> MemoryAccount::WaitSettled(const aws::ResourceKey& key,
                                        std::chrono::steady_clock::time_point deadline,
                                        const std::function<bool()>& stopped) {
  bool never = false;
  {
    const std::scoped_lock lock(mutex_);
    never = never_.contains(key.type);
    if (const auto found = fail_next_.find(key.type); found != fail_next_.end()) {
      const auto error = found->second;
      fail_next_.erase(found);
      return std::unexpected(error);
    }
  }
  while (never) {
    if (stopped()) return Fail(ErrorKind::kConflict, "interrupted");
    if (std::chrono::steady_clock::now() >= deadline) {
      return Fail(ErrorKind::kTimeout, key.id + " did not become ready in time");
    }
    // Nobody tells when `stopped` turns.
    std::unique_lock lock(mutex_);
    never_told_.wait_for(lock, std::chrono::milliseconds(20));
  }
  return {};
}

Result<boost::json::object> MemoryAccount::Read(const aws::ResourceKey& key) {
  const auto state = State();
  const auto* resource = state->Find(key);
  if (resource == nullptr) return Fail(ErrorKind::kNotFound, key.id + " is not there");
  return resource->attributes;
}

void MemoryAccount::FailNextOf(std::string type, Error error) {
  const std::scoped_lock lock(mutex_);
  fail_next_[std::move(type)] = std::move(error);
}

void MemoryAccount::NeverSettle(std::string type, bool never) {
  const std::scoped_lock lock(mutex_);
  if (never) {
    never_.insert(std::move(type));
  } else {
    never_.erase(type);
  }
}

}  // namespace scv::provider
