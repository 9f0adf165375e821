// What the provider and the AWS endpoints need of the daemon: the durable desired state, and to be
// told when the lab has followed it.
#ifndef SCV_AWS_ACCOUNT_H_
#define SCV_AWS_ACCOUNT_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "aws/resource.h"
#include "base/result.h"

namespace scv::aws {

// The hidden attribute of a resource whose maker has not been told yet that it stands. A daemon
// that starts takes down what still has it: nobody knows of it, and its name would stay taken.
inline constexpr std::string_view kCreatingMark = "_creating";

// Thread-safe throughout.
class Account {
 public:
  virtual ~Account() = default;

  virtual std::shared_ptr<const DesiredState> State() const = 0;

  // Runs `change` on a copy of the state, alone: what it puts and removes is made durable (fsync)
  // and visible in one step, or, when it returns an error, not at all. It must be quick and must
  // not call the account. `status` of a resource that was put is decided by the lab, not by
  // `change`.
  using Change = std::function<Result<void>(DesiredState&)>;
  virtual Result<void> Write(const Change& change) = 0;

  // Takes kCreatingMark away, durably: the maker was told. Changes nothing else, not
  // even the revision; a resource without the mark, or none at all, is no error.
  virtual Result<void> Acknowledge(const ResourceKey& /*key*/) { return {}; }

  // Takes a resource down: it becomes kDeleting, and disappears once the lab has nothing of it any
  // more. kNotFound: it is not there (any more).
  virtual Result<void> Delete(const ResourceKey& key) = 0;

  // Waits until the lab has followed what was written: the resource is kAvailable or kRecorded, or
  // gone after Delete. kTimeout: not before `deadline`; the message says what is still missing.
  // kInternal/kUnavailable: the lab failed, and says why. `stopped` is polled several times a
  // second: true ends the wait with kConflict ("interrupted").
  virtual Result<void> WaitSettled(const ResourceKey& key,
                                   std::chrono::steady_clock::time_point deadline,
                                   const std::function<bool()>& stopped) = 0;

  // The attributes of a resource as the lab has them at this moment: what runs by itself (an auto
  // scaling group's desired capacity) or was changed behind Terraform's back differs from the
  // state. kNotFound: gone.
  virtual Result<boost::json::object> Read(const ResourceKey& key) = 0;
};

}  // namespace scv::aws

#endif  // SCV_AWS_ACCOUNT_H_
