// Does things that depend on each other: each after those that it needs, several at a time.
#ifndef SCV_DAEMON_GRAPH_WALK_H_
#define SCV_DAEMON_GRAPH_WALK_H_

#include <cstddef>
#include <functional>
#include <vector>

namespace scv::daemon {

// One thing to do; `after` are positions of others. `work` returns whether it succeeded.
struct WalkItem {
  std::vector<std::size_t> after;
  std::function<bool()> work;
};

// Runs all items, at most `threads_max` at a time, and returns when nothing goes on any more.
// What needs something that failed is left out; so is everything else once `stopped` says true,
// which is asked before each item and must be cheap. Returns how many items did not succeed.
std::size_t Walk(const std::vector<WalkItem>& items, std::size_t threads_max,
                 const std::function<bool()>& stopped);

}  // namespace scv::daemon

#endif  // SCV_DAEMON_GRAPH_WALK_H_
