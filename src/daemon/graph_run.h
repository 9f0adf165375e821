// Applies a recorded graph, or destroys what it made, through the provider: what Terraform's core
// does with a plan, for a graph whose references are markers.
#ifndef SCV_DAEMON_GRAPH_RUN_H_
#define SCV_DAEMON_GRAPH_RUN_H_

#include <atomic>
#include <boost/json/object.hpp>
#include <functional>
#include <mutex>
#include <set>
#include <string>

#include "aws/account.h"
#include "daemon/graph_file.h"
#include "daemon/graph_memory.h"
#include "provider/provider.h"

namespace scv::daemon {

// One operation. Several threads inside; each operation is for one caller.
class GraphRun {
 public:
  using Emit = std::function<void(boost::json::object)>;  // thread-safe

  // All borrowed. `emit` is given an object for each step:
  //   {"event":"start"|"done","address":…,"action":"create"|"update"|"replace"|"destroy"}
  //   {"event":"same","address":…}
  //   {"event":"failed","address":…,"summary":…,"detail":…}
  // and at last {"event":"end","left":N}, N being how many steps did not succeed.
  GraphRun(const provider::Provider& provider, const aws::Account& account, const Graph& graph,
           GraphMemory& memory, Emit emit, const std::atomic<bool>& stopped);

  // Creates what is missing, changes what differs, destroys what the graph does not have any more.
  void Apply();
  void Destroy();

 private:
  bool ApplyEntry(const GraphEntry& entry);
  bool Change(const GraphEntry& entry, const MadeResource* made, const provider::Value& config);
  bool Replace(const GraphEntry& entry, const MadeResource& made, const provider::Value& config);
  bool Put(const GraphEntry& entry, const provider::Value& prior, const provider::PlanAnswer& plan,
           const provider::Value& config);
  bool DestroyMade(const std::string& address, const MadeResource& made);
  std::size_t DestroyAll(const std::map<std::string, MadeResource>& made);

  std::optional<MadeResource> Known(const GraphEntry& entry, const provider::Value& config);
  std::optional<MadeResource> TakeUp(const GraphEntry& entry, const provider::Value& config);
  Result<provider::Value> Config(const GraphEntry& entry);
  Result<std::optional<std::string>> Resolve(std::string_view name);
  static Result<std::optional<std::string>> TextOf(const GraphMemory& memory,
                                                   std::string_view name);
  Result<std::optional<std::string>> OpenEphemeral(std::string_view name);

  bool Failed(const std::string& address, const provider::Diagnostics& diagnostics);
  void Tell(const char* event, const std::string& address, const provider::Diagnostic& diagnostic);
  bool Failed(const std::string& address, const Error& error);
  void Step(const char* event, const std::string& address, const char* action);

  const provider::Provider& provider_;
  const aws::Account& account_;
  const Graph& graph_;
  GraphMemory& memory_;
  Emit emit_;
  std::function<bool()> stopped_;
  provider::Session session_;
  bool resumed_;  // something was made before: what is missing may stand all the same
  std::mutex take_up_;
};

}  // namespace scv::daemon

#endif  // SCV_DAEMON_GRAPH_RUN_H_
