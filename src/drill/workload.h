// The people who use the service during a drill. Each has an account of its own, an outbox that
// writes one memo after the other as the web app does (the same key again after a back-off, until
// it is answered), and reads its memos meanwhile. Every fourth is a new visitor each time: a new
// connection for every request.
#ifndef SCV_DRILL_WORKLOAD_H_
#define SCV_DRILL_WORKLOAD_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "drill/history.h"
#include "drill/resolver.h"

namespace scv::drill {

struct WorkloadOptions {
  std::string host;  // www.scv.localhost
  int port = 443;
  std::filesystem::path root;  // the certificate authority
  std::string name_server;     // "192.0.2.53"
  std::string run;             // marks this run's keys and accounts: lower-case letters and digits
  std::string password;        // of its accounts
  std::uint64_t seed = 1;
  int clients = 8;
  bool global = false;  // writes ask for durability=global
  double rate = 50;     // operations a second, of all clients together
};

// Where the records go. Called from many threads, one call at a time.
using AttemptSink = std::function<void(const Attempt&)>;

struct Person;  // what the two halves of one client share

class Workload {
 public:
  Workload(WorkloadOptions options, AttemptSink sink);
  ~Workload();  // stops without waiting for outboxes
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;

  // Makes the accounts; repeats what fails until the deadline.
  Result<void> SignUp(std::chrono::steady_clock::time_point deadline);
  void Start();
  // Nobody begins anything more. Waits until every outbox is empty or the deadline passes; what is
  // left then stays unsettled.
  void Finish(std::chrono::steady_clock::time_point deadline);
  // What is there now, one of each client, tried until the deadline. After Finish.
  std::vector<FinalState> ReadFinals(std::chrono::steady_clock::time_point deadline);

 private:
  struct Crew;
  void StopAll();
  Result<void> SignUpOne(Person& person, std::chrono::steady_clock::time_point deadline);
  FinalState ReadFinal(const Person& person, std::chrono::steady_clock::time_point deadline);

  const WorkloadOptions options_;
  Resolver resolver_;
  std::mutex sink_mutex_;
  const AttemptSink sink_;
  std::vector<std::unique_ptr<Person>> people_;
  std::unique_ptr<Crew> crew_;
  std::vector<std::jthread> threads_;
};

}  // namespace scv::drill

#endif  // SCV_DRILL_WORKLOAD_H_
