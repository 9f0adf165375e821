// Ids for new memos: UUIDv7 with a counter in rand_a (RFC 9562 6.2, method 1), so that ids made
// here one after the other sort in that order even within a millisecond.
#ifndef SCV_MEMO_SERVICE_ID_SOURCE_H_
#define SCV_MEMO_SERVICE_ID_SOURCE_H_

#include <cstdint>
#include <mutex>

#include "base/time.h"
#include "base/uuid.h"

namespace scv::memo {

// Thread-safe.
class IdSource {
 public:
  // Ids for the same or an earlier time as the last one continue after it, at most by moving the
  // time on by a millisecond per 4,096 ids.
  Uuid NextAfterAll(Millis time);
  // Ids for the same time continue after the last one; an earlier time starts anew (an import of
  // memos with their original times).
  Uuid NextAt(Millis time);

 private:
  Uuid Make(Millis time);

  std::mutex mutex_;
  Millis time_ = -1;
  std::uint16_t counter_ = 0;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_SERVICE_ID_SOURCE_H_
