// For tests: a small VPC whose "db" subnet holds database nodes, and clients in its "was" subnet.
#ifndef SCV_WORLD_LINUX_DATABASE_TEST_LAB_H_
#define SCV_WORLD_LINUX_DATABASE_TEST_LAB_H_

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "world/linux/certificate_authority.h"
#include "world/linux/database_facts.h"
#include "world/linux/database_monitor.h"
#include "world/linux/database_server.h"
#include "world/linux/engines_test_support.h"
#include "world/linux/network_test_lab.h"

namespace scv::world {

// "": this machine can run it; otherwise why not.
std::string WhyNoDatabases();

// Where the tests of one program share the template.
const std::filesystem::path& ScratchOfAllTests();

class DatabaseTestLab {
 public:
  DatabaseTestLab();
  ~DatabaseTestLab();

  // A node "a", "b", … at 10.0.3.(20 + n), not made yet.
  lab::DatabaseSpec& Add(const std::string& node);
  static std::string ProcessOf(const std::string& node) { return "db/r/" + node; }
  std::string AddressOf(const std::string& node) { return specs.at(node).interface.address; }

  // "" or the error; says on stdout how long it took.
  std::string Ensure(const std::string& node, const std::string& what = "");
  std::string Lead(const std::string& node, bool wait_for_standby, const std::string& what = "");
  std::string FollowSource(const std::string& node, const std::string& source, bool acknowledges,
                           const std::string& what = "");
  void Signal(const std::string& node, int signal);
  int PidOf(const std::string& node);
  bool Runs(const std::string& node);

  // Takes its network interface down or up, without anybody being told.
  void SetLink(const std::string& node, bool up);

  // What the monitor said last, and how often it said something. Empty: nothing yet.
  lab::DatabaseSighting Seen(const std::string& node);
  std::size_t TimesSeen(const std::string& node);

  // As the lab's own root, over the socket. "" when it does not answer.
  std::string Ask(const std::string& node, const std::string& sql);
  DatabaseFacts Facts(const std::string& node);
  // Has executed all that the other has.
  bool HasCaughtUp(const std::string& node, const std::string& source);

  TestDirectory directory;
  NetworkTestLab net;
  ChildProcesses processes;
  std::unique_ptr<CertificateAuthority> authority;
  std::unique_ptr<DatabaseMonitor> monitor;
  std::unique_ptr<DatabaseServers> databases;
  std::map<std::string, lab::DatabaseSpec> specs;

 private:
  std::mutex mutex_;
  std::map<std::string, lab::DatabaseSighting> seen_;
  std::map<std::string, std::size_t> times_seen_;
};

// The master user in the "was" subnet, by verified TLS. One thread at a time.
class DatabaseTestClient {
 public:
  // `limit` in seconds: of connecting and of every answer.
  DatabaseTestClient(DatabaseTestLab& lab, const std::string& node, unsigned int limit = 5);
  ~DatabaseTestClient();
  // 0 or the server's or the client library's error number.
  unsigned int Execute(const std::string& sql);

 private:
  MYSQL* handle_ = nullptr;
};

// Threads that insert numbers into memo.t at one node, one transaction each, until Stop or an
// error, and know which were acknowledged.
class DatabaseTestWriters {
 public:
  // `limit` in seconds: how long one waits for an answer.
  DatabaseTestWriters(DatabaseTestLab& lab, const std::string& node, int threads, int first,
                      unsigned int limit = 5);
  ~DatabaseTestWriters() { Stop(); }
  void Stop();
  void Join();  // until each met an error
  std::size_t Count() const { return count_; }
  // After Stop or Join.
  std::set<int> Acknowledged() const;

 private:
  std::atomic<bool> stop_ = false;
  std::atomic<std::size_t> count_ = 0;
  std::vector<std::set<int>> acknowledged_;
  std::vector<std::thread> threads_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_DATABASE_TEST_LAB_H_
