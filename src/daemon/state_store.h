// The daemon's durable memory, one SQLite file (WAL, synchronous=FULL): the desired state, and what
// the control plane must not forget (instances, fleets, addresses), each as a JSON document under a
// kind and a name. Every row carries a SHA-256 of its contents: a torn or damaged file is refused
// with a way out, never guessed. One thread at a time.
#ifndef SCV_DAEMON_STATE_STORE_H_
#define SCV_DAEMON_STATE_STORE_H_

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/resource.h"
#include "base/result.h"
#include "sqlite/sqlite_connection.h"

namespace scv::daemon {

// (kind, name) → JSON text. Kinds: "instance", "fleet", "addresses", "certificate".
using Documents = std::map<std::pair<std::string, std::string>, std::string>;

// The hidden attribute that marks a resource as being deleted.
inline constexpr std::string_view kDeletingMark = "_deleting";

// What one transaction changes.
struct StateChange {
  std::vector<aws::Resource> put;
  std::vector<aws::ResourceKey> removed;
  Documents documents;                                         // put
  std::vector<std::pair<std::string, std::string>> forgotten;  // documents removed
  bool empty() const {
    return put.empty() && removed.empty() && documents.empty() && forgotten.empty();
  }
};

class StateStore {
 public:
  // Makes the file (mode 0600) when it is missing. kConflict: made by a newer program; kInternal:
  // damaged. Both messages name the file and the way out.
  static Result<std::unique_ptr<StateStore>> Open(const std::filesystem::path& file);

  // Everything, verified.
  Result<std::pair<aws::DesiredState, Documents>> Load();

  // On disk when it returns; all of it or nothing.
  Result<void> Save(const StateChange& change);

 private:
  explicit StateStore(std::filesystem::path file, std::unique_ptr<SqliteConnection> connection);
  Result<void> Prepare();
  Error Damaged(std::string_view what) const;
  Result<void> PutResource(const aws::Resource& resource);
  Result<void> PutDocument(const std::pair<std::string, std::string>& key, std::string_view text);

  std::filesystem::path file_;
  std::unique_ptr<SqliteConnection> connection_;
  SqliteStatement put_resource_, remove_resource_, put_document_, remove_document_;
  SqliteTransactions transactions_;
  SqliteWriterQueue writers_;
};

}  // namespace scv::daemon

#endif  // SCV_DAEMON_STATE_STORE_H_
