// Terraform's connections, and when what one of them asked for is to be given up.
#ifndef SCV_PROVIDER_SESSIONS_H_
#define SCV_PROVIDER_SESSIONS_H_

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "provider/provider.h"

namespace scv::provider {

// By gRPC's name of the connection, "fd:17" for those that it was given. Thread-safe.
class Sessions {
 public:
  std::shared_ptr<Session> Of(const std::string& peer) {
    const std::scoped_lock lock(mutex_);
    auto& session = sessions_[peer];
    if (session == nullptr) session = std::make_shared<Session>();
    return session;
  }
  void Put(const std::string& peer, std::shared_ptr<Session> session) {
    const std::scoped_lock lock(mutex_);
    sessions_[peer] = std::move(session);
  }
  void Forget(int fd) {
    const std::scoped_lock lock(mutex_);
    sessions_.erase("fd:" + std::to_string(fd));
  }
  // The daemon ends: every call is given up.
  void Close() { closing_ = true; }
  bool closing() const { return closing_; }

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Session>> sessions_;
  std::atomic<bool> closing_ = false;
};

// Whether a change is given up. At Terraform's Stop (its first Ctrl-C) what has begun may still
// end, for kGrace: it usually does within that time, and Terraform then knows a finished resource
// instead of a tainted one. For one thread.
class GiveUp {
 public:
  static constexpr std::chrono::seconds kGrace{10};

  explicit GiveUp(const Session& session, std::chrono::milliseconds grace = kGrace)
      : session_(session), grace_(grace) {}

  bool operator()() {
    if (!session_.stopped) return false;
    const auto now = std::chrono::steady_clock::now();
    if (!since_) since_ = now;
    return now - *since_ >= grace_;
  }

 private:
  const Session& session_;
  std::chrono::milliseconds grace_;
  std::optional<std::chrono::steady_clock::time_point> since_;
};

}  // namespace scv::provider

#endif  // SCV_PROVIDER_SESSIONS_H_
