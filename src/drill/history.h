// What the clients of a drill asked of the service and what they were told.
//
// Every write carries a key of its own, and every memo's content carries its lineage: the keys of
// all writes that made it, oldest first, a line each. The create is the first line, every update
// sends what it was based on plus its own line. So version n of a memo has n lines, whatever is
// read later tells which effects it has and in which order, and a memo is written by one client
// only.
#ifndef SCV_DRILL_HISTORY_H_
#define SCV_DRILL_HISTORY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scv::drill {

// Microseconds of CLOCK_MONOTONIC, which parent and child read alike.
using Micros = std::int64_t;
Micros NowMicros();

enum class Action : std::uint8_t { kCreate, kUpdate, kGet, kList };
std::string_view Name(Action action);
constexpr bool IsWrite(Action action) {
  return action == Action::kCreate || action == Action::kUpdate;
}

enum class Outcome : std::uint8_t {
  kOk,       // 2xx
  kRefused,  // answered that it did nothing, and repeating is useless: 404, 409, 412
  kTurned,   // answered that it did nothing; to be repeated: 429, 503 overloaded, never sent
  kUnknown,  // no answer, or one that leaves the effect open
};
std::string_view Name(Outcome outcome);

// A memo as an answer showed it.
struct Sight {
  std::string memo;
  std::uint32_t version = 0;
  std::string mark;                  // its title: the key of the write that made this version
  std::vector<std::string> lineage;  // empty: not shown (lists)
};

// One request and its answer. The attempts of an operation share the key (reads have one, too; only
// the writes' are sent).
struct Attempt {
  int client = 0;
  Action action = Action::kGet;
  std::string key;
  int number = 1;              // of this operation's attempts
  bool last = false;           // the operation ended with it: answered, or given up
  bool fresh = false;          // over a connection of its own, as a new visitor
  std::string memo;            // the target; "": creates and lists
  std::uint32_t expected = 0;  // If-Match; 0: none
  Micros start = 0, end = 0;
  Outcome outcome = Outcome::kUnknown;
  unsigned status = 0;  // 0: no answer
  bool replayed = false;
  bool global = false;           // a write that both regions are said to have
  std::string region, instance;  // that the answer names
  std::string address;           // connected to
  std::string error;             // why it failed, in a few words
  std::vector<Sight> sights;

  // The service did not do its job: neither done nor answered as the contract says.
  bool failed() const { return outcome == Outcome::kTurned || outcome == Outcome::kUnknown; }
};

// Every memo of one client at the end.
struct FinalState {
  int client = 0;
  bool read = false;  // false: nobody could read it; `error` says why
  std::string error;
  std::string region;
  std::vector<Sight> memos;
};

// A line of JSON without the end of line, and back. kInvalid: no such line.
std::string ToLine(const Attempt& attempt);
std::string ToLine(const FinalState& state);
struct Line {
  enum class Kind { kAttempt, kFinal, kReady, kDone, kFailed } kind = Kind::kDone;
  Attempt attempt;
  FinalState final_state;
  std::string error;  // kFailed
};
Result<Line> ParseLine(std::string_view text);
std::string ReadyLine();
std::string DoneLine();
std::string FailedLine(std::string_view error);

// The content that carries a lineage, and back; of a foreign content, an empty one.
std::string ContentOf(const std::vector<std::string>& lineage);
std::vector<std::string> LineageOf(std::string_view content);

}  // namespace scv::drill

#endif  // SCV_DRILL_HISTORY_H_
