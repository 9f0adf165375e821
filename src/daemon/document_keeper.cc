#include "daemon/document_keeper.h"

#include <spdlog/spdlog.h>

namespace scv::daemon {

void DocumentKeeper::Keep(const Documents& documents, const Names& forgotten, Millis now) {
  for (const auto& [name, text] : documents) {
    forgotten_.erase(name);
    documents_[name] = text;
  }
  for (const auto& name : forgotten) {
    documents_.erase(name);
    forgotten_.insert(name);
  }
  Retry(now);
}

void DocumentKeeper::Retry(Millis now) {
  if (!waits()) return;
  const auto kept = write_(documents_, Names(forgotten_.begin(), forgotten_.end()));
  if (kept) {
    documents_.clear();
    forgotten_.clear();
    if (failing_) events_.Add(now, "daemon", "scvd", "the state is written again");
  } else if (!failing_) {
    spdlog::error("cannot write what must be remembered: {}", kept.error().message);
    events_.Add(now, "daemon", "scvd", "the state cannot be written; it is tried again",
                kept.error().message);
  }
  failing_ = !kept;
}

}  // namespace scv::daemon
