// An empty SQLite database for tests, in a directory of its own.
#ifndef SCV_MEMO_STORE_SQLITE_TEST_HARNESS_H_
#define SCV_MEMO_STORE_SQLITE_TEST_HARNESS_H_

#include <filesystem>

#include "memo/store/sqlite_store.h"
#include "memo/store/store_contract.h"

namespace scv::memo {

// A directory below the system's temporary one, removed with its contents at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class SqliteHarness final : public StoreHarness {
 public:
  std::unique_ptr<Store> NewStore() override;
  void Execute(const std::string& sql) override;
  std::filesystem::path file() const { return directory_.path() / "memo.db"; }

 private:
  TemporaryDirectory directory_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_SQLITE_TEST_HARNESS_H_
