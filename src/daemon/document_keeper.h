// What the loop must remember, on its way to the disk. What could not be written stays here and is
// tried again, the newest text of each document only: a full disk stops nothing and loses nothing.
#ifndef SCV_DAEMON_DOCUMENT_KEEPER_H_
#define SCV_DAEMON_DOCUMENT_KEEPER_H_

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/event_log.h"
#include "daemon/state_store.h"

namespace scv::daemon {

// Not thread-safe. What waits is bounded by the number of documents.
class DocumentKeeper {
 public:
  using Names = std::vector<std::pair<std::string, std::string>>;
  using Write = std::function<Result<void>(const Documents&, const Names& forgotten)>;

  DocumentKeeper(Write write, EventLog& events) : write_(std::move(write)), events_(events) {}

  // Writes these together with what waits. Failures, and their end, are told as events.
  void Keep(const Documents& documents, const Names& forgotten, Millis now);
  // Nothing new, but what waits.
  void Retry(Millis now);
  bool waits() const { return !documents_.empty() || !forgotten_.empty(); }

 private:
  Write write_;
  EventLog& events_;
  Documents documents_;
  std::set<std::pair<std::string, std::string>> forgotten_;
  bool failing_ = false;
};

}  // namespace scv::daemon

#endif  // SCV_DAEMON_DOCUMENT_KEEPER_H_
