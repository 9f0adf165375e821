// Clients of the memo service: writers that behave as the web app does (a key for every write,
// repeated with the same key after a back-off until it is answered) and readers.
//
// They share a small set of memos, so that they meet. A few writes are given up by their client
// before the answer, some for good (a closed tab): their outcome stays unknown. Some acknowledged
// writes are sent again later (an answer that got lost on its way to the app).
#ifndef SCV_FAULT_WORKLOAD_H_
#define SCV_FAULT_WORKLOAD_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "fault/api_client.h"
#include "fault/history.h"

namespace scv::fault {

struct WorkloadOptions {
  std::uint64_t seed = 0;
  int writers = 6;
  int readers = 2;
  std::size_t shared_memos = 12;
  std::size_t operations_max = 20'000;              // each client
  std::chrono::milliseconds think_max{6};           // between two operations
  std::chrono::milliseconds operation_max{25'000};  // repeats end this long after the first try
  std::chrono::milliseconds patience{15'000};       // for one answer
  double hasty = 0.03;    // this share of attempts waits only a few milliseconds
  double gives_up = 0.1;  // after a failed attempt: the write is abandoned
};

class Board;

// The clients run from construction until Finish() or destruction, or until they have done their
// share.
class Workload {
 public:
  // `endpoints` and `history` outlive it. Each attempt goes to one of the endpoints by chance.
  Workload(std::vector<const Endpoint*> endpoints, std::string token, History& history,
           const WorkloadOptions& options);
  ~Workload();  // each client leaves after the answer that it waits for
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;

  // Lets every client finish the operation it is at, repeats included.
  void Finish();

 private:
  std::shared_ptr<Board> board_;
  std::vector<std::jthread> clients_;
};

}  // namespace scv::fault

#endif  // SCV_FAULT_WORKLOAD_H_
