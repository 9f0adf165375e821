#include "world/linux/database_monitor.h"

#include <sched.h>

#include <condition_variable>
#include <optional>
#include <thread>
#include <utility>

#include "base/time.h"
#include "world/linux/database_admin.h"
#include "world/linux/database_facts.h"
#include "world/linux/database_probe.h"

namespace scv::world {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kGreetingWithin{400};
// A kernel within the region answers at once, if it is there. What waits is detected by three of
// these in a row, as BFD does it (RFC 5880 6.8.4), and those looks follow each other at once.
constexpr milliseconds kConnectedWithin{50};
constexpr milliseconds kFactsWithin{300};
constexpr milliseconds kTellAtLeast{2000};
// The router may have been made anew: after failed probes its namespace is looked up again, but
// not at every one, because the network's thread may be busy.
constexpr milliseconds kEnterAgainAfter{1000};

bool SaysTheSame(lab::DatabaseSighting a, const lab::DatabaseSighting& b) {
  a.count = b.count;
  a.looked_at = b.looked_at;
  return a == b;
}

}  // namespace

class DatabaseMonitor::Watcher {
 public:
  Watcher(Network& network, const Sink& sink, milliseconds interval, std::string process, Node node)
      : network_(network),
        sink_(sink),
        interval_(interval),
        process_(std::move(process)),
        node_(std::move(node)),
        thread_([this] { Run(); }) {}

  ~Watcher() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  const Node& node() const { return node_; }

  void LookNow() {
    {
      const std::lock_guard lock(mutex_);
      asked_ = true;
    }
    changed_.notify_one();
  }

 private:
  void Run() {
    while (Wait()) {
      const auto begun = Clock::now();
      lab::DatabaseSighting look = last_;
      ++look.count;
      Look(look, begun);
      const bool silent = failing_ && Clock::now() - begun >= kConnectedWithin;
      next_ = begun + (silent ? kConnectedWithin : interval_);
      look.looked_at = WallClockMillis();
      const bool quiet = look.reachable && look.answering && SaysTheSame(look, last_) &&
                         begun - told_ < kTellAtLeast;
      last_ = look;
      if (quiet) continue;
      told_ = begun;
      sink_(process_, last_);
    }
  }

  // Until the next look; false: it is forgotten.
  bool Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, next_, [&] { return ended_ || asked_; });
    asked_ = false;
    return !ended_;
  }

  // Outside and inside at the same time: the greeting travels while the server is asked.
  void Look(lab::DatabaseSighting& look, Clock::time_point begun) {
    EnterRouter(begun);
    std::optional<DatabaseProbe> probe;
    if (inside_) probe.emplace(node_.address, node_.port);
    look.answering = Ask(look);
    look.reachable = probe && probe->Greets(begun + kConnectedWithin, begun + kGreetingWithin);
    failing_ = !look.reachable;
  }

  bool Ask(lab::DatabaseSighting& look) {
    if (!admin_) {
      auto connected = DatabaseAdmin::Connect(node_.socket, kFactsWithin);
      if (!connected) return false;
      admin_.emplace(std::move(*connected));
    }
    const auto facts = FactsOf(*admin_, kFactsWithin);
    if (!facts) {
      admin_.reset();
      return false;
    }
    Describe(*facts, look);
    return true;
  }

  // This thread lives in the router's namespace; sockets in the file system are the same there.
  void EnterRouter(Clock::time_point now) {
    if (inside_ && !failing_) return;
    if (entered_ != Clock::time_point() && now - entered_ < kEnterAgainAfter) return;
    entered_ = now;
    const auto space = network_.NamespaceOf(node_.vpc_id);
    if (space) inside_ = ::setns(space->get(), CLONE_NEWNET) == 0;
  }

  Network& network_;
  const Sink& sink_;
  const milliseconds interval_;
  const std::string process_;
  const Node node_;

  // The thread's own.
  lab::DatabaseSighting last_;
  std::optional<DatabaseAdmin> admin_;
  Clock::time_point next_, told_, entered_;
  bool inside_ = false, failing_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false, ended_ = false;
  std::thread thread_;  // last: it uses the others
};

DatabaseMonitor::DatabaseMonitor(Network& network, Sink sink, milliseconds interval)
    : network_(network), sink_(std::move(sink)), interval_(interval) {}

DatabaseMonitor::~DatabaseMonitor() = default;

void DatabaseMonitor::Watch(const std::string& process, const Node& node) {
  const std::lock_guard lock(mutex_);
  auto& watcher = watchers_[process];
  if (watcher && watcher->node() == node) return;
  watcher.reset();  // the old one has told its last before the new one tells its first
  watcher = std::make_unique<Watcher>(network_, sink_, interval_, process, node);
}

void DatabaseMonitor::Look(std::string_view process) {
  const std::lock_guard lock(mutex_);
  if (const auto found = watchers_.find(process); found != watchers_.end())
    found->second->LookNow();
}

void DatabaseMonitor::Forget(std::string_view process) {
  std::unique_ptr<Watcher> gone;
  {
    const std::lock_guard lock(mutex_);
    const auto found = watchers_.find(process);
    if (found == watchers_.end()) return;
    gone = std::move(found->second);
    watchers_.erase(found);
  }
}

}  // namespace scv::world
