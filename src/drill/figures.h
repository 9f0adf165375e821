// What a drill's history amounts to in numbers, as seen from outside. Pure.
#ifndef SCV_DRILL_FIGURES_H_
#define SCV_DRILL_FIGURES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drill/events.h"
#include "drill/history.h"

namespace scv::drill {

// Of the reads, or of the writes.
struct Availability {
  std::size_t requests = 0, failed_requests = 0;      // every attempt
  std::size_t operations = 0, failed_operations = 0;  // after all retries: what a user sees
  std::size_t failed_before = 0;                      // requests, before anything was done
  double p50_ms = 0, p99_ms = 0, max_ms = 0;          // of requests that succeeded
  double gap_max_ms = 0;  // the longest time without a success, from the first step on
  // The RTO: from the beginning of the first request that failed to the first success after which
  // no request that failed began. 0: none failed; nullopt: it did not come back.
  std::optional<double> rto_ms = 0;
  double worst_client_ms = 0;  // the longest time from a failure to the same client's next success
  std::optional<Micros> recovered;  // when that first success was there
};

enum class Share { kReads, kWrites };
// `from`: the first step; `until`: when the clients were asked to end.
Availability Measure(const std::vector<Attempt>& attempts, Share share, Micros from, Micros until);

// One of detect, decide, act, reconnect.
struct Phase {
  std::string name;
  std::optional<double> took_ms;  // nullopt: nothing told of it
  std::string told_by;            // the event that ended it
};
// From the first step on; `recovered` is the first success that lasted, of reads and writes.
std::vector<Phase> PhasesOf(const std::vector<LabEvent>& events, Micros from,
                            std::optional<Micros> recovered);

// The value below which `share` (0 to 1) of the values lie, by the nearest rank; 0 of none.
double Percentile(std::vector<double> values, double share);

// "–" (nothing), "0", "431 ms", "12.3 s".
std::string Shown(std::optional<double> ms);

}  // namespace scv::drill

#endif  // SCV_DRILL_FIGURES_H_
