// The background thread that looks after the database side: migrates the schema at start, keeps
// the signing keys fresh, knows whether this region can serve (readiness), expires old records.
#ifndef SCV_MEMO_SERVICE_MONITOR_H_
#define SCV_MEMO_SERVICE_MONITOR_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "memo/service/dispatcher.h"
#include "memo/service/session_token.h"
#include "memo/store/store.h"

namespace scv::memo {

// The keys in use, replaced as a whole. Thread-safe.
class SharedKeyring {
 public:
  std::shared_ptr<const Keyring> Get() const;
  void Set(std::shared_ptr<const Keyring> keys);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Keyring> keys_ = std::make_shared<Keyring>();
};

struct Readiness {
  std::string database = "starting";  // "ok" or what is wrong, fit for the public
  std::string schema = "starting";
  bool ready() const { return database == "ok" && schema == "ok"; }
};

// A wait for the keys to be read anew: the keyring is fresh when it is done without an error.
struct KeyReloadJob : Job {};

class Monitor {
 public:
  struct Options {
    bool migrate = true;
    // Called once after the schema is ready; an error is logged and tried again later.
    std::function<Result<void>(StoreSession&)> on_ready;
    // Called from the monitor's thread when the service cannot go on (the schema is newer).
    std::function<void(const Error&)> on_fatal;
    // Called after every look at the database.
    std::function<void(const Readiness&, const Error*)> on_check;
    std::chrono::milliseconds check_interval{1000};
  };

  Monitor(Store& store, Gate& gate, SharedKeyring& keys, Options options);
  ~Monitor();

  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  Readiness readiness() const;

  // A token named a key that is not known here: perhaps another instance rotated the keys a moment
  // ago. At most one look per second, however many ask: they wait for it together.
  void ReloadKeys(std::shared_ptr<KeyReloadJob> job, Home& home);

 private:
  struct Waiter {
    std::shared_ptr<KeyReloadJob> job;
    Home* home;
  };

  void Run(const std::stop_token& stop);
  Result<void> BringUp(const std::stop_token& stop);
  Result<void> EnsureKeys(StoreSession& session);
  Result<void> LoadKeys(StoreSession& session);
  void Look();
  Result<void> LookInto(std::unique_ptr<StoreSession>& session);
  void AnswerWaiters(const Error* error);
  void Publish(Readiness readiness, const Error* error);
  bool Sleep(const std::stop_token& stop, std::chrono::milliseconds time);

  Store& store_;
  Gate& gate_;
  SharedKeyring& keys_;
  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  Readiness readiness_;
  std::vector<Waiter> waiters_;
  SteadyTime keys_loaded_{};
  SteadyTime expired_at_{};
  bool set_up_ = false;
  std::unique_ptr<StoreSession> session_;
  std::jthread thread_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_SERVICE_MONITOR_H_
