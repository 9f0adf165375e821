// What a recorded graph has made: the counterpart of Terraform's state file.
#ifndef SCV_DAEMON_GRAPH_MEMORY_H_
#define SCV_DAEMON_GRAPH_MEMORY_H_

#include <boost/json/object.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace scv::daemon {

struct MadeResource {
  std::string type;
  std::vector<std::string> depends_on;  // addresses without instance keys
  bool tainted = false;                 // made, but it did not become ready: to be replaced
  boost::json::object state;            // as the provider answered; never write-only values
};

// One JSON file, replaced at every change, readable by its owner only. A daemon that dies between a
// change of the lab and the change of this file leaves a resource that the file does not know;
// GraphRun takes such up by what they are. Thread-safe.
class GraphMemory {
 public:
  // A missing file is an empty memory. kInvalid: damaged; the message says the way out.
  static Result<std::unique_ptr<GraphMemory>> Open(std::filesystem::path file);

  // What another graph of the same lab has made: the file `name`.json in the same directory.
  Result<std::unique_ptr<GraphMemory>> Beside(const std::string& name) const;

  std::optional<MadeResource> Find(const std::string& address) const;
  std::map<std::string, MadeResource> All() const;
  Result<void> Put(const std::string& address, MadeResource made);
  Result<void> Forget(const std::string& address);
  // Removes the file, when nothing is remembered any more.
  void RemoveIfEmpty();

 private:
  explicit GraphMemory(std::filesystem::path file) : file_(std::move(file)) {}
  Result<void> Save() const;

  std::filesystem::path file_;
  mutable std::mutex mutex_;
  std::map<std::string, MadeResource> made_;
};

}  // namespace scv::daemon

#endif  // SCV_DAEMON_GRAPH_MEMORY_H_
