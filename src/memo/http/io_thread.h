// One event loop on one thread, and what belongs to it: its Home for finished jobs, its random
// source for request ids. Everything here is used on the loop's own thread only, but for post().
#ifndef SCV_MEMO_HTTP_IO_THREAD_H_
#define SCV_MEMO_HTTP_IO_THREAD_H_

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "memo/service/dispatcher.h"

namespace scv::memo {

// The concrete executor: awaiting through it costs no type erasure.
using Executor = boost::asio::io_context::executor_type;
template <typename T>
using Task = boost::asio::awaitable<T, Executor>;
inline constexpr boost::asio::use_awaitable_t<Executor> kUseTask{};
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;
using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

// Something whose deadline the thread watches: one sweep for all in place of a timer for each.
class Watched {
 public:
  virtual ~Watched() = default;
  // Called every kSweep. `draining`: the service is leaving, idle connections should go.
  virtual void OnSweep(SteadyTime now, bool draining) = 0;
};

class IoThread {
 public:
  static constexpr std::chrono::milliseconds kSweep{50};

  IoThread();

  boost::asio::io_context& io() { return io_; }
  Home& home() { return home_; }

  // 16 hexadecimal digits, unique enough to find a request in the logs. Not a secret.
  std::string NewRequestId();
  // The Date header's value, made at most once per second.
  std::string_view HttpDate();

  void Watch(Watched* watched) { watched_.insert(watched); }
  void Unwatch(Watched* watched) { watched_.erase(watched); }
  // Starts sweeping; ends when the loop is stopped.
  void StartSweeping();
  // On this thread: from the next sweep on, idle connections are closed.
  void StartDraining() { draining_ = true; }

 private:
  void Sweep();

  // Before io_: what is suspended on the loop when it ends unwatches itself as it is destroyed.
  std::set<Watched*> watched_;
  boost::asio::io_context io_{1};
  Home home_{io_};
  std::uint64_t random_state_;
  std::string date_;
  std::int64_t date_second_ = -1;
  bool draining_ = false;
  Timer sweep_timer_{io_};
};

// Suspends until `job` is done (or given up): submit() hands it to a lane or pool whose completion
// runs on this thread. Look at job.error afterwards. The caller keeps both alive.
template <typename Submit>
Task<void> Await(Job& job, const Submit& submit) {
  auto initiation = [&job, &submit](auto handler) {
    job.on_done = [handler = std::move(handler)]() mutable { std::move(handler)(); };
    submit();
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>, void()>(
      std::move(initiation), kUseTask);
}

}  // namespace scv::memo

#endif  // SCV_MEMO_HTTP_IO_THREAD_H_
