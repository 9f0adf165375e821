// The daemon's HTTP API, /v1: what the command line and the console use. docs/daemon-api.md and
// GET /v1/openapi.json describe it.
#ifndef SCV_DAEMON_API_ROUTES_H_
#define SCV_DAEMON_API_ROUTES_H_

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "daemon/api_server.h"
#include "daemon/control_loop.h"
#include "daemon/durable_account.h"
#include "daemon/event_log.h"
#include "lab/faults.h"

namespace scv::daemon {

// What the API does to the real world, apart from the control loop.
class Operations {
 public:
  virtual ~Operations() = default;
  struct Process {
    int pid = 0;            // as the daemon sees it
    bool instance = false;  // it has a whole system of its own to enter
  };
  // By an instance's id, a database's or a load balancer node's name, or "internet".
  virtual Result<Process> FindProcess(const std::string& part) = 0;
  virtual Result<std::filesystem::path> LogOf(const std::string& part) = 0;
  virtual Result<void> Kill(const std::string& part) = 0;
  // A real DNS query: to the public name server, or to the resolver of the VPC `from`.
  virtual Result<std::vector<std::string>> Query(const std::string& name, const std::string& type,
                                                 const std::string& from) = 0;
  virtual std::string RootPem() = 0;
  // Faults of a drill. kNotFound: no such part, zone or fault.
  virtual Result<lab::Fault> Inject(lab::Fault fault) = 0;
  virtual Result<void> Heal(const std::string& id) = 0;  // "": all
  virtual std::vector<lab::Fault> Faults() = 0;
};

// Applies a recorded resource graph, or destroys what it made (recorded_graph.h).
enum class GraphAction { kApply, kDestroy };
class GraphApplier {
 public:
  virtual ~GraphApplier() = default;
  // Both paths are absolute. The answer streams the progress.
  virtual ApiResponse Start(GraphAction action, const std::filesystem::path& file,
                            const std::filesystem::path& artifacts) = 0;
};

struct ApiParts {
  ControlLoop& loop;
  DurableAccount& account;
  EventLog& events;
  Operations& operations;
  GraphApplier& graphs;
  std::string pace;
  Millis started_at = 0;
  std::filesystem::path state;  // the state directory, whose disk is watched
};

// `parts` must outlive the handler.
ApiHandler MakeApi(const ApiParts& parts);

}  // namespace scv::daemon

#endif  // SCV_DAEMON_API_ROUTES_H_
