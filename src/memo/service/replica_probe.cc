#include "memo/service/replica_probe.h"

#include <utility>

namespace scv::memo {

ReplicaProbe::ReplicaProbe(Replica& replica, std::function<void(const Error*)> on_look)
    : replica_(replica), on_look_(std::move(on_look)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

ReplicaProbe::~ReplicaProbe() = default;

void ReplicaProbe::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto looked = Look();
    if (!looked) session_.reset();
    on_look_(looked ? nullptr : &looked.error());
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, kEvery, [] { return false; });
  }
}

Result<void> ReplicaProbe::Look() {
  if (!session_) {
    SCV_ASSIGN(session_, replica_.Open(kOpenTimeout));
  }
  SCV_TRY(session_->Look({}, std::chrono::milliseconds::zero()));
  return {};
}

}  // namespace scv::memo
