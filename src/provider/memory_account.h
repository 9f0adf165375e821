// An account without a lab: everything settles at once and nothing is durable. For offline checks
// of HCL and for tests.
#ifndef SCV_PROVIDER_MEMORY_ACCOUNT_H_
#define SCV_PROVIDER_MEMORY_ACCOUNT_H_

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "aws/account.h"

namespace scv::provider {

class MemoryAccount final : public aws::Account {
 public:
  std::shared_ptr<const aws::DesiredState> State() const override;
  Result<void> Write(const Change& change) override;
  Result<void> Acknowledge(const aws::ResourceKey& key) override;
  Result<void> Delete(const aws::ResourceKey& key) override;
  Result<void> WaitSettled(const aws::ResourceKey& key,
                           std::chrono::steady_clock::time_point deadline,
                           const std::function<bool()>& stopped) override;
  Result<boost::json::object> Read(const aws::ResourceKey& key) override;

  // The next WaitSettled of this type fails with this error (once): a lab that could not.
  void FailNextOf(std::string type, Error error);
  // Waits of this type end only when they are stopped or their deadline passes.
  void NeverSettle(std::string type, bool never = true);

 private:
  mutable std::mutex mutex_;
  std::mutex writing_;
  std::shared_ptr<const aws::DesiredState> state_ = std::make_shared<aws::DesiredState>();
  std::map<std::string, Error> fail_next_;
  std::set<std::string> never_;
  std::condition_variable never_told_;
};

}  // namespace scv::provider

#endif  // SCV_PROVIDER_MEMORY_ACCOUNT_H_
