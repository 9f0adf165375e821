// The account of the lab: the desired state in memory, made durable by the state store, and how far
// the lab has followed it. Also the one place through which the control plane writes what it must
// not forget. Thread-safe.
#ifndef SCV_DAEMON_DURABLE_ACCOUNT_H_
#define SCV_DAEMON_DURABLE_ACCOUNT_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "aws/account.h"
#include "daemon/state_store.h"

namespace scv::daemon {

// How far the lab is with one resource, as of the revision of the resource that was looked at.
struct Progress {
  aws::Status status = aws::Status::kPending;
  std::string reason;
  std::uint64_t revision = 0;
  bool operator==(const Progress&) const = default;
};

bool IsDeleting(const aws::Resource& resource);

// What an earlier daemon was making when it died.
std::vector<aws::ResourceKey> Unacknowledged(const aws::DesiredState& state);

class DurableAccount : public aws::Account {
 public:
  DurableAccount(std::unique_ptr<StateStore> store, aws::DesiredState state);

  // Called after each change of the desired state, without locks held, from the thread that made
  // it.
  void OnChange(std::function<void()> told) { told_ = std::move(told); }
  // What Read() answers on top of the recorded attributes, of things that run by themselves.
  using Overlay = std::function<Result<boost::json::object>(const aws::Resource&)>;
  void OnRead(Overlay overlay) { overlay_ = std::move(overlay); }

  std::shared_ptr<const aws::DesiredState> State() const override;
  Result<void> Write(const Change& change) override;
  Result<void> Acknowledge(const aws::ResourceKey& key) override;
  Result<void> Delete(const aws::ResourceKey& key) override;
  Result<void> WaitSettled(const aws::ResourceKey& key,
                           std::chrono::steady_clock::time_point deadline,
                           const std::function<bool()>& stopped) override;
  Result<boost::json::object> Read(const aws::ResourceKey& key) override;

  // By the control loop only: what it found out, and what must be remembered before it acts.
  // Resources in `gone` leave the state, durably.
  Result<void> Settle(const std::map<aws::ResourceKey, Progress>& progress,
                      const std::vector<aws::ResourceKey>& gone);
  Result<void> Remember(const Documents& documents,
                        const std::vector<std::pair<std::string, std::string>>& forgotten);

  // Writes what Terraform was told and the disk did not take then; false: it still does not.
  bool CatchUp();

  std::optional<Progress> ProgressOf(const aws::ResourceKey& key) const;
  std::map<aws::ResourceKey, Progress> AllProgress() const;

 private:
  Result<void> Publish(aws::DesiredState next);
  Result<void> SaveOwed();

  mutable std::mutex mutex_;
  std::condition_variable settled_;
  std::unique_ptr<StateStore> store_;
  std::shared_ptr<const aws::DesiredState> state_;
  std::map<aws::ResourceKey, Progress> progress_;
  std::set<aws::ResourceKey> owed_;  // acknowledged, but not on disk yet
  std::function<void()> told_ = [] {};
  Overlay overlay_;
};

}  // namespace scv::daemon

#endif  // SCV_DAEMON_DURABLE_ACCOUNT_H_
