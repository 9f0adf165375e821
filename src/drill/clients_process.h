// The clients as a process of their own in the lab's internet (clients_main.h): started, listened
// to, ended in good order or killed.
#ifndef SCV_DRILL_CLIENTS_PROCESS_H_
#define SCV_DRILL_CLIENTS_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "drill/history.h"
#include "drill/lab_entry.h"
#include "drill/workload.h"

namespace scv::drill {

class ClientsProcess {
 public:
  // What was seen so far.
  struct Tally {
    std::size_t attempts = 0, failed = 0;
    Micros last_success = 0;  // 0: none yet
    bool ready = false, ended = false;
    std::string error;  // why it ended early
  };
  struct Record {
    std::vector<Attempt> attempts;
    std::vector<FinalState> finals;
  };

  // The same program again, with "clients" as its argument, inside `entry`.
  static Result<std::unique_ptr<ClientsProcess>> Start(const LabEntry& entry,
                                                       const WorkloadOptions& options);
  ~ClientsProcess();  // kills it when it still runs
  ClientsProcess(const ClientsProcess&) = delete;
  ClientsProcess& operator=(const ClientsProcess&) = delete;

  Tally tally() const;
  // Asks it to settle what is under way and to read everything; its record then grows until
  // tally().ended.
  void Finish();
  // What it wrote. After tally().ended, or whenever: then it is killed first.
  Record Take();

 private:
  ClientsProcess(pid_t pid, Fd in, Fd out);
  void Listen();
  void TakeLine(std::string_view text);
  void Kill();

  const pid_t pid_;
  Fd in_, out_;
  mutable std::mutex mutex_;
  Tally tally_;
  Record record_;
  bool done_ = false;
  std::jthread listener_;
};

}  // namespace scv::drill

#endif  // SCV_DRILL_CLIENTS_PROCESS_H_
