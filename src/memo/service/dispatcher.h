// Between the I/O threads and the store: lanes of worker threads that give whatever waits at the
// same moment to the database together (adaptive micro-batching: a worker never waits for more, so
// a lone request is served at once), and that meet failover: a lost or read-only connection is
// dropped, the name is resolved anew, and the batch is given again until each request's deadline.
//
// Repeating is always safe here: reads change nothing, and every write carries an idempotency key
// that the store looks up first.
//
// Threads: jobs are submitted from any thread; a job's `on_done` runs on the I/O thread that its
// Home belongs to, exactly once, whatever happens to the database.
#ifndef SCV_MEMO_SERVICE_DISPATCHER_H_
#define SCV_MEMO_SERVICE_DISPATCHER_H_

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "memo/store/replica.h"
#include "memo/store/store.h"

namespace scv::memo {

using SteadyTime = std::chrono::steady_clock::time_point;

class Home;

// One request's work. Owned jointly by the waiting request, the lane and the Home.
struct Job {
  virtual ~Job() = default;

  SteadyTime deadline;
  std::size_t weight = 0;  // bytes it holds on to while it waits
  // Set by whoever claims the job, before on_done; read by on_done and after it.
  std::optional<Error> error;
  std::move_only_function<void()> on_done;

 private:
  friend class Home;
  std::atomic<bool> claimed{false};
};

struct ReadJob : Job {
  using Source = Store;  // whom its lane asks, and by what
  using Session = StoreSession;
  ReadQuery query;
  ReadAnswer answer;  // valid when there is no error
};

struct WriteJob : Job {
  using Source = Store;
  using Session = StoreSession;
  WriteCommand command;
  WriteAnswer answer;
  Error refusal;  // used by the lane
};

// Done without an error: the other region's replica has all of the evidence. kConflict: whom the
// configuration names is no replica. Anything else: not within the deadline.
struct ConfirmJob : Job {
  using Source = Replica;
  using Session = ReplicaSession;
  Evidence evidence;
  bool looked = false;  // used by the lane
};

// One per I/O thread: where finished jobs are handed back, many with one wake-up, and where jobs
// past their deadline are given up.
class Home {
 public:
  explicit Home(boost::asio::io_context& io) : io_(io) {}
  // Who still waits is let go: job and waiting request would keep each other for ever.
  ~Home();
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;

  // Called on the Home's own thread when a job is submitted.
  void Expect(std::shared_ptr<Job> job);
  // Called by a lane: each (job, error) is claimed and delivered unless its deadline came first.
  struct Done {
    std::shared_ptr<Job> job;
    std::optional<Error> error;
  };
  void Deliver(std::vector<Done> done);
  // Called periodically on the Home's own thread.
  void GiveUpExpired(SteadyTime now);
  std::size_t waiting() const { return waiting_.size(); }

 private:
  void RunDelivered();

  boost::asio::io_context& io_;
  std::vector<std::shared_ptr<Job>> waiting_;  // own thread only
  std::mutex mutex_;
  std::vector<Done> delivered_;
  bool wake_posted_ = false;
};

struct LaneOptions {
  std::string name;
  std::size_t workers = 1;
  std::size_t batch_max = 64;
  std::size_t queue_max = 2048;
  std::size_t queue_bytes_max = std::size_t{32} << 20;
  // A statement that ran out of its own time limit is repeated only if it is expected to be short.
  bool retry_timeouts = true;
  // How long a connection may take to open, whatever the requests' deadlines: what is opened too
  // late for them serves the next. nullopt: no longer than they have.
  std::optional<std::chrono::milliseconds> open_timeout;
};

// Called from worker threads; implementations are thread-safe and quick.
class LaneObserver {
 public:
  virtual ~LaneObserver() = default;
  virtual void OnBatch(std::size_t size, std::chrono::nanoseconds took, const Error* error) = 0;
  virtual void OnOpen(const Error* error) = 0;
  virtual void OnQueue(std::size_t length) = 0;
};

// A gate that stays shut until the schema is ready; lanes queue in front of it.
class Gate {
 public:
  void Open();
  bool WaitUntil(SteadyTime time, const std::atomic<bool>& stop);
  void Wake();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

template <typename JobType>
class Lane {
 public:
  using Source = typename JobType::Source;
  using Session = typename JobType::Session;

  Lane(Source& source, Gate& gate, LaneOptions options, LaneObserver& observer);
  ~Lane();  // gives up what still waits, and joins the workers

  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // From the home's thread. A full queue refuses with kOverloaded, through on_done as well.
  void Submit(std::shared_ptr<JobType> job, Home& home);

 private:
  struct Item {
    std::shared_ptr<JobType> job;
    Home* home;
  };
  using Batch = std::vector<Item>;

  void Work();
  Batch TakeBatch();
  void Serve(Batch batch, std::unique_ptr<Session>& session);
  void Isolate(Batch batch, const Error& error, std::unique_ptr<Session>& session);
  // Finishes what is done; without an error, what it leaves in the batch is to be attempted again.
  Result<void> Attempt(Batch& batch, Session& session);
  Result<void> Look(Batch& batch, Session& session) requires std::is_same_v<JobType, ConfirmJob>;
  Result<void> OpenSession(std::unique_ptr<Session>& session, SteadyTime deadline);
  bool ShouldRetry(const Error& error) const;
  void FinishExpired(Batch& batch, const std::optional<Error>& last);
  void Finish(Batch& batch, const Error* error);
  void PauseUntil(SteadyTime time);

  Source& source_;
  Gate& gate_;
  const LaneOptions options_;
  LaneObserver& observer_;
  std::mutex mutex_;
  std::condition_variable waiting_;
  std::condition_variable pausing_;  // apart: a new job must wake a worker that is idle
  std::deque<Item> queue_;
  std::size_t queue_bytes_ = 0;
  std::atomic<bool> stop_{false};
  std::vector<std::jthread> workers_;
};

extern template class Lane<ReadJob>;
extern template class Lane<WriteJob>;
extern template class Lane<ConfirmJob>;

}  // namespace scv::memo

#endif  // SCV_MEMO_SERVICE_DISPATCHER_H_
