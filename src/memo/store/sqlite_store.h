// The store in a file: SQLite in WAL mode with synchronous=FULL. Every commit is on disk before it
// is acknowledged, readers never wait for writers, and several processes may share the file (on
// one machine: not over a network file system).
#ifndef SCV_MEMO_STORE_SQLITE_STORE_H_
#define SCV_MEMO_STORE_SQLITE_STORE_H_

#include <chrono>
#include <filesystem>
#include <memory>

#include "memo/store/store.h"

namespace scv::memo {

struct SqliteOptions {
  // The database file. Its directory must exist and be writable (the log and the shared memory of
  // WAL mode lie beside it as -wal and -shm); the file is created by Migrate(), with mode 0600.
  std::filesystem::path path;
  // How long a write waits for other writers before it is kUnavailable.
  std::chrono::milliseconds busy_timeout{5000};
  std::chrono::milliseconds search_time_max = Store::kSearchTimeMax;
};

// kInvalid: the directory does not exist, or the path is not a file. Touches nothing.
//
// Open() fails with kUnavailable when there is no file: Migrate() first. Writers of one Store wake
// one another; those of other stores and processes are waited for by polling. Sessions may
// outlive the Store.
Result<std::unique_ptr<Store>> MakeSqliteStore(SqliteOptions options);

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_SQLITE_STORE_H_
