// The empty data directory that databases are copied from: made once, in about a second. It holds
// the server's own tables and the replication account, and no binary log: a copy of it has no
// history of its own and can follow any server of the lab from the beginning.
#ifndef SCV_WORLD_LINUX_DATABASE_TEMPLATE_H_
#define SCV_WORLD_LINUX_DATABASE_TEMPLATE_H_

#include <filesystem>
#include <mutex>

#include "base/result.h"
#include "world/linux/processes.h"

namespace scv::world {

// Thread-safe.
class DatabaseTemplate {
 public:
  // `scratch` can be lost: memory will do.
  DatabaseTemplate(Processes& processes, std::filesystem::path scratch);
  Result<void> Prepare();
  // `data` appears all at once, with the template's content.
  Result<void> CopyTo(const std::filesystem::path& data);

 private:
  Result<void> Install(const std::filesystem::path& work);

  Processes& processes_;
  std::filesystem::path scratch_;
  std::filesystem::path ready_;
  std::mutex mutex_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_DATABASE_TEMPLATE_H_
