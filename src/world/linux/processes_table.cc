#include "world/linux/processes_table.h"

#include <set>
#include <utility>

#include "world/linux/processes_stat.h"

namespace scv::world {
namespace {

constexpr std::size_t kEndedMax = 1024;
constexpr std::chrono::seconds kStartWithin{15};

}  // namespace

ProcessStatus ProcessTable::StatusOf(const Entry& entry) {
  return {.name = entry.record.name,
          .pid = entry.record.pid,
          .running = entry.phase == Phase::kRunning,
          .exit_code = entry.exit_code,
          .started_at = entry.record.started_at};
}

ProcessTable::Entry* ProcessTable::EntryOf(ProcessIdentity process) {
  for (auto& [name, entry] : entries_) {
    if (entry.phase != Phase::kStarting && entry.record.pid == process.pid &&
        entry.record.start_ticks == process.start_ticks) {
      return &entry;
    }
  }
  return nullptr;
}

Result<void> ProcessTable::Reserve(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(name);
  if (found != entries_.end() && found->second.phase != Phase::kEnded) {
    return Fail(ErrorKind::kConflict, std::string(name) + " runs already");
  }
  entries_[std::string(name)] = Entry{};
  return {};
}

void ProcessTable::Forget(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = entries_.find(name); found != entries_.end()) entries_.erase(found);
  changed_.notify_all();
}

ProcessStatus ProcessTable::Started(const ProcessRecord& record) {
  const std::scoped_lock lock(mutex_);
  auto& entry = entries_[record.name];
  entry = {.phase = Phase::kRunning, .record = record};
  changed_.notify_all();
  return StatusOf(entry);
}

void ProcessTable::Ended(ProcessIdentity process, int exit_code) {
  const std::scoped_lock telling(telling_);
  ProcessStatus status;
  {
    const std::scoped_lock lock(mutex_);
    Entry* entry = EntryOf(process);
    if (entry == nullptr) return;
    entry->phase = Phase::kEnded;
    entry->exit_code = exit_code;
    entry->told = static_cast<bool>(told_);
    status = StatusOf(*entry);
    ended_.push_back(process);
    DropOldest();
    changed_.notify_all();
  }
  if (told_) told_(status);
}

void ProcessTable::DropOldest() {
  if (ended_.size() <= kEndedMax) return;
  std::erase_if(entries_, [&](const auto& item) {
    const auto& [name, entry] = item;
    return entry.phase == Phase::kEnded && entry.record.pid == ended_.front().pid &&
           entry.record.start_ticks == ended_.front().start_ticks;
  });
  ended_.pop_front();
}

std::optional<ProcessRecord> ProcessTable::Running(std::string_view name) {
  std::unique_lock lock(mutex_);
  const auto settled = [&] {
    const auto found = entries_.find(name);
    return found == entries_.end() || found->second.phase != Phase::kStarting;
  };
  changed_.wait_for(lock, kStartWithin, settled);
  const auto found = entries_.find(name);
  if (found == entries_.end() || found->second.phase != Phase::kRunning) return std::nullopt;
  return found->second.record;
}

std::optional<ProcessRecord> ProcessTable::RecordOf(ProcessIdentity process) {
  const std::scoped_lock lock(mutex_);
  const Entry* entry = EntryOf(process);
  if (entry == nullptr) return std::nullopt;
  return entry->record;
}

std::optional<ProcessStatus> ProcessTable::Find(std::string_view name) {
  const std::scoped_lock lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end() || found->second.phase == Phase::kStarting) return std::nullopt;
  return StatusOf(found->second);
}

std::vector<ProcessStatus> ProcessTable::List() {
  const std::scoped_lock lock(mutex_);
  std::vector<ProcessStatus> all;
  for (const auto& [name, entry] : entries_) {
    if (entry.phase != Phase::kStarting) all.push_back(StatusOf(entry));
  }
  return all;
}

bool ProcessTable::AwaitEnd(ProcessIdentity process,
                            std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [&] {
    const Entry* entry = EntryOf(process);
    return entry == nullptr || entry->phase == Phase::kEnded;
  });
}

void ProcessTable::OnExit(std::function<void(const ProcessStatus&)> told) {
  const std::scoped_lock telling(telling_);
  told_ = std::move(told);
  std::vector<ProcessStatus> missed;
  {
    const std::scoped_lock lock(mutex_);
    for (auto& [name, entry] : entries_) {
      if (entry.phase != Phase::kEnded || entry.told) continue;
      entry.told = true;
      missed.push_back(StatusOf(entry));
    }
  }
  for (const auto& status : missed) told_(status);
}

void ProcessTable::BoundLogs() {
  std::set<std::string> logs;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [name, entry] : entries_) {
      if (entry.phase == Phase::kRunning && !entry.record.log.empty())
        logs.insert(entry.record.log);
    }
  }
  for (const auto& log : logs) BoundLog(log, kLogBytesMax);
}

}  // namespace scv::world
