// The other region's read replica, asked one thing only: does it have this write already? Nothing
// is ever written to it.
//
// Everything is blocking and called from the dispatcher's worker threads (dispatcher.h). A
// ReplicaSession is used by one thread at a time; a Replica is thread-safe. No call throws.
#ifndef SCV_MEMO_STORE_REPLICA_H_
#define SCV_MEMO_STORE_REPLICA_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "memo/domain/memo_types.h"

namespace scv::memo {

// What is on the replica only when it has the write. That a replica says it has come past a
// place in the stream is not enough: one that has diverged says so, too.
struct Evidence {
  // The idempotency record, committed together with the write's effect.
  struct Record {
    AccountId account = 0;
    Digest128 key{};
  };
  // For a write that found nothing to do, and so left no record: the memo, in this version or a
  // later one.
  struct MemoVersion {
    AccountId account = 0;
    Uuid id;
    std::uint32_t version = 0;
  };

  WritePlace place;  // the latest of its writes
  std::vector<Record> records;
  std::vector<MemoVersion> memos;
};

// One connection. After any error it is useless: drop it and Open() another.
class ReplicaSession {
 public:
  // The longest a single Look() waits for the replica: how long a stopping service waits for it.
  static constexpr std::chrono::milliseconds kPatienceMax{500};

  virtual ~ReplicaSession() = default;

  // Waits until the replica has come past every place that is known, but no longer than
  // `patience`; then looks. The answer has one element per evidence: whether all of it is there.
  // kConflict: this server can confirm nothing, now or when asked again: it is writable (promoted,
  // or not a replica at all), or it is the very server that made one of the writes. kUnavailable,
  // kTimeout, kDenied: as everywhere.
  virtual Result<std::vector<bool>> Look(std::span<const Evidence* const> evidence,
                                         std::chrono::milliseconds patience) = 0;
};

class Replica {
 public:
  virtual ~Replica() = default;

  // A new connection. Resolves the name anew. Bounded by `timeout`.
  virtual Result<std::unique_ptr<ReplicaSession>> Open(std::chrono::milliseconds timeout) = 0;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_REPLICA_H_
