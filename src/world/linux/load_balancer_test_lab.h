// For tests of load balancers and the door: a VPC with targets that serve HTTP, and a client.
#ifndef SCV_WORLD_LINUX_LOAD_BALANCER_TEST_LAB_H_
#define SCV_WORLD_LINUX_LOAD_BALANCER_TEST_LAB_H_

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "world/linux/engines_test_support.h"
#include "world/linux/load_balancer.h"
#include "world/linux/network_test_lab.h"

namespace scv::world {

inline constexpr const char* kNode = "alb/r/front/a";

class LoadBalancerTestLab {
 public:
  LoadBalancerTestLab();
  ~LoadBalancerTestLab();

  // A target in a namespace of its own that answers every request with its id; /health with
  // `health`.
  lab::TargetSpec StartTarget(const std::string& id, int host, int health = 200);
  void KillTarget(const std::string& id);
  // HTTPS on 443 with group "web", HTTP on 80 that redirects.
  lab::LoadBalancerNodeSpec Node(std::vector<lab::TargetSpec> targets);
  std::string Ensure(const lab::LoadBalancerNodeSpec& spec);
  // Milliseconds until the target has this health; -1: it never had.
  double Await(const std::string& target, lab::TargetHealth health);
  std::vector<lab::TargetSighting> Targets();
  Ran Curl(std::vector<std::string> arguments);
  void Restart();  // new LoadBalancers on what runs

  TestDirectory directory;
  NetworkTestLab net;
  ChildProcesses processes;
  std::unique_ptr<CertificateAuthority> authority;
  std::unique_ptr<AccessLogs> logs;
  std::unique_ptr<LoadBalancers> balancers;
  std::vector<std::string> keys;   // of access log files
  std::vector<std::string> files;  // their contents, packed

 private:
  std::mutex mutex_;
  std::vector<lab::TargetSighting> targets_;
};

// Requests without a pause, from four threads of a client: GET and PUT, over TLS with kept
// connections.
class Load {
 public:
  explicit Load(LoadBalancerTestLab& lab);
  ~Load() { Finish(); }
  // {"requests": …, "failed": …}
  std::string Finish();

 private:
  std::filesystem::path stop_;
  Ran ran_;
  std::thread thread_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_LOAD_BALANCER_TEST_LAB_H_
