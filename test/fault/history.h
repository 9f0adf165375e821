// What clients asked of the memo service and what they were told, for the checker to judge.
//
// Every operation that writes has an idempotency key of its own, and every text that it writes
// carries that key: the title is the key, and the content names the key of the create that made
// the memo (`origin`). So whatever is read later tells who wrote it.
#ifndef SCV_FAULT_HISTORY_H_
#define SCV_FAULT_HISTORY_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scv::fault {

// Since the beginning of the run, on a clock that never steps.
using Instant = std::chrono::nanoseconds;

enum class Action : std::uint8_t {
  kCreate,
  kReplace,
  kPatch,
  kTrash,
  kRestore,
  kPurge,
  kGet,
  kList,
};

std::string_view Name(Action action);
// Whether it writes; and whether it writes text, which carries the key.
bool IsWrite(Action action);
bool WritesText(Action action);

enum class Outcome : std::uint8_t {
  kOk,       // 2xx
  kRefused,  // never sent, or answered that this attempt did nothing: 4xx, 503 overloaded
  kUnknown,  // no answer, or one that leaves the effect open: 5xx, 503 database-unavailable
};

// A memo as an answer showed it.
struct Sight {
  std::string memo;
  std::uint32_t version = 0;
  std::string mark;          // the key in its title
  std::string origin;        // the key in its content; empty: not shown (lists)
  std::uint64_t digest = 0;  // of the whole memo; 0: not shown
  bool trashed = false;
};

// One request and its answer. Attempts of the same operation share the key.
struct Attempt {
  int client = 0;
  Action action = Action::kGet;
  std::string key;                        // empty for reads
  std::string memo;                       // the target; empty for creates and lists
  std::optional<std::uint32_t> expected;  // If-Match; nullopt: none, or any
  Instant invoked{0};
  Instant completed{0};
  Outcome outcome = Outcome::kUnknown;
  unsigned status = 0;  // 0: no answer
  bool replayed = false;
  std::uint64_t body_digest = 0;
  std::vector<Sight> sights;
  // Why it failed, when that is the service's doing: a 5xx, a 429, a lost connection. Empty when it
  // was answered as the contract says, and when the client itself did not wait for the answer.
  std::string fault;
};

// What is in the database at the end: every memo of the account, trash included.
using FinalState = std::vector<Sight>;

// Collects the attempts of all clients. Thread-safe.
class History {
 public:
  History() : begin_(std::chrono::steady_clock::now()) {}

  Instant Now() const { return std::chrono::steady_clock::now() - begin_; }
  void Add(Attempt attempt);
  // Blocks until `count` more attempts than now have succeeded; false: not within `limit`.
  bool AwaitSuccesses(std::size_t count, std::chrono::milliseconds limit);
  // Everything so far, in the order of completion.
  std::vector<Attempt> attempts() const;

 private:
  const std::chrono::steady_clock::time_point begin_;
  mutable std::mutex mutex_;
  std::condition_variable added_;
  std::vector<Attempt> attempts_;
  std::size_t successes_ = 0;
};

// What a history amounts to, for reports.
struct Tally {
  std::size_t attempts = 0;
  std::size_t acknowledged = 0;  // writes with a 2xx, each counted once
  std::size_t unknown = 0;       // writes that were never acknowledged and may have been applied
  std::size_t replayed = 0;
  std::size_t refused = 0;
  std::size_t reads = 0;
  std::size_t faults = 0;
  std::string first_fault;
  std::chrono::milliseconds latency_max{0};  // of a successful attempt
  std::chrono::milliseconds silence_max{0};  // the longest time between two successes
};

Tally TallyOf(const std::vector<Attempt>& attempts);

}  // namespace scv::fault

#endif  // SCV_FAULT_HISTORY_H_
