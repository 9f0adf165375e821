// Looks at the lab's status again and again, and remembers when it was whole and when not.
// Thread-safe.
#ifndef SCV_DRILL_POLLER_H_
#define SCV_DRILL_POLLER_H_

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "drill/daemon_api.h"
#include "drill/history.h"
#include "drill/picture.h"

namespace scv::drill {

// The daemon tells nobody that its status changed, so it is asked this often.
inline constexpr std::chrono::milliseconds kLookEvery{150};

struct Glance {
  Micros at = 0;  // when the answer was there
  bool whole = false;
  std::string missing;
};

class Poller {
 public:
  explicit Poller(const DaemonApi& api);

  Picture picture() const;  // the last one
  Glance last() const;      // at == 0: none yet
  // The changes between whole and not, oldest first.
  std::vector<Glance> changes() const;

 private:
  void Run(const std::stop_token& stop);

  const DaemonApi& api_;
  mutable std::mutex mutex_;
  Picture picture_;
  Glance last_;
  std::vector<Glance> changes_;
  std::jthread thread_;
};

}  // namespace scv::drill

#endif  // SCV_DRILL_POLLER_H_
