// What people order, apart from what they want: the desired state knows nothing of it.
#include "daemon/control_loop.h"

namespace scv::daemon {

void ControlLoop::TryAgain() {
  {
    const std::lock_guard lock(mutex_);
    observed_.TryAgain();
  }
  Poke();
}

Result<void> ControlLoop::OrderFailover(const std::string& region, bool force) {
  {
    const std::lock_guard lock(mutex_);
    SCV_TRY(databases_.Order(region, force));
    events_.Add(world_.Now(), "operator", region.empty() ? "first region" : region,
                force ? "is to take the writes at once" : "is to take the writes, as planned");
  }
  Poke();
  return {};
}

}  // namespace scv::daemon
