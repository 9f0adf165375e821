// A database's name moves to another server in a failover; connections to the old one may then be
// silent for a quarter of an hour. Whoever waits for an answer asks here whether the name has moved
// on meanwhile, and if so gives up and connects anew.
#ifndef SCV_MEMO_STORE_NAME_WATCH_H_
#define SCV_MEMO_STORE_NAME_WATCH_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace scv::memo {

// Numeric addresses, without ports.
using Addresses = std::vector<std::string>;

// What the C library's resolver says now; empty: no answer. Takes as long as the resolver's own
// options let it.
Addresses ResolveName(const std::string& host);
// Whom a connected socket is connected to.
Addresses PeerOf(int socket);

// Thread-safe. Nothing is asked while nobody waits; however many wait, one query is under way at a
// time. Its destructor waits for a query under way.
class NameWatch {
 public:
  using Clock = std::chrono::steady_clock;
  using Resolve = std::function<Addresses()>;
  // No answer for so long is worth a query; so far apart are queries at least.
  static constexpr std::chrono::milliseconds kPatience{25};

  explicit NameWatch(Resolve resolve) : resolve_(std::move(resolve)) {}
  ~NameWatch();
  NameWatch(const NameWatch&) = delete;
  NameWatch& operator=(const NameWatch&) = delete;

  // What it says at this moment, asked by the caller's own thread.
  Addresses Now() const { return resolve_(); }

  // Whether the name leads to none of `addresses` by the newest answer, if that was asked for at
  // `since` or later. Wants a newer one, and returns at once. No answer moves nothing, nor are
  // no addresses elsewhere.
  bool LeadsElsewhere(const Addresses& addresses, Clock::time_point since);

 private:
  void Run(const std::stop_token& stop);

  const Resolve resolve_;
  std::mutex mutex_;
  std::condition_variable_any wanted_changed_;
  bool wanted_ = false;
  Clock::time_point asked_{};  // when the newest answer was asked for
  Addresses answer_;
  std::jthread thread_;  // last: it uses the others; started by the first who waits
};

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_NAME_WATCH_H_
