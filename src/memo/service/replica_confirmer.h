// Whether the other region has a write: what `durability: global` waits for. The replica is asked
// for the write's idempotency record with ordinary SQL, which works on any replica, RDS's too; the
// record is in the same transaction as the write, so to have it is to have the write.
#ifndef SCV_MEMO_SERVICE_REPLICA_CONFIRMER_H_
#define SCV_MEMO_SERVICE_REPLICA_CONFIRMER_H_

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "memo/service/dispatcher.h"

namespace scv::memo {

// Done without an error: the replica has it.
struct ConfirmJob : Job {
  RecordName record;
};

// One thread and one connection, apart from the lanes: a replica that hangs delays nobody who did
// not ask for it. A replica tells nobody what it has got; it is asked about all who wait at once,
// again and again until their deadlines.
class ReplicaConfirmer {
 public:
  explicit ReplicaConfirmer(std::unique_ptr<Store> replica, std::size_t waiting_max = 2048);
  ~ReplicaConfirmer();  // gives up what still waits

  ReplicaConfirmer(const ReplicaConfirmer&) = delete;
  ReplicaConfirmer& operator=(const ReplicaConfirmer&) = delete;

  // From the home's thread. Errors come through on_done: kOverloaded when too many wait, kTimeout
  // when the replica did not have the write by the job's deadline; the message says why if known.
  void Submit(std::shared_ptr<ConfirmJob> job, Home& home);

 private:
  struct Item {
    std::shared_ptr<ConfirmJob> job;
    Home* home;
  };
  void Work();
  // Takes in who came; waits for somebody if there is none. False: to be stopped.
  bool TakeIn(std::vector<Item>& open);
  void GiveUpExpired(std::vector<Item>& open);
  Result<void> Ask(std::vector<Item>& open, std::unique_ptr<StoreSession>& session);
  void Finish(Item item, std::optional<Error> error);

  const std::unique_ptr<Store> replica_;
  const std::size_t waiting_max_;
  std::string last_error_;  // the thread's own
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> came_;
  std::size_t waiting_ = 0;
  bool stop_ = false;
  std::jthread worker_;  // last: it uses the others
};

}  // namespace scv::memo

#endif  // SCV_MEMO_SERVICE_REPLICA_CONFIRMER_H_
