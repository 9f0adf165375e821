// The contract of store.h as a test suite that every kind of store must pass. A kind takes part by
// a StoreHarness and one INSTANTIATE_TEST_SUITE_P(<Kind>, StoreContract, ...) in a file of its own.
#ifndef SCV_MEMO_STORE_STORE_CONTRACT_H_
#define SCV_MEMO_STORE_STORE_CONTRACT_H_

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "memo/store/store.h"

namespace scv::memo {

// One empty database, gone with the harness.
class StoreHarness {
 public:
  virtual ~StoreHarness() = default;
  // Another store on the same database, as another instance of the service would have.
  virtual std::unique_ptr<Store> NewStore() = 0;
  // Runs one SQL statement behind the stores' back.
  virtual void Execute(const std::string& sql) = 0;
};

// Makes a harness; nullptr: this machine cannot run that kind, `why_not` says why (the tests are
// skipped).
struct StoreKind {
  std::string name;
  std::function<std::unique_ptr<StoreHarness>(std::string& why_not)> make;
};
inline void PrintTo(const StoreKind& kind, std::ostream* out) { *out << kind.name; }

inline constexpr Millis kTestNow = 1'795'327'200'000;
inline constexpr std::chrono::milliseconds kTestTimeout{30'000};

// Requests as a test writes them. Each key is new unless the test sets it.
Digest128 DigestOf(std::string_view name);
Uuid TestId(std::uint64_t n, Millis time = kTestNow);
WriteCommand MakeCommand(Caller caller, WriteOperation operation);
CreateMemo MakeCreate(Uuid id, std::string title, std::string content = "");
ListMemos MakeList(Caller caller);

struct Written {
  WriteAnswer answer;
  Error failure;
};

// Runs one request, or many as one batch, through a session; an error fails the test.
Written WriteOne(StoreSession& session, const WriteCommand& command);
std::vector<Written> WriteAll(StoreSession& session, const std::vector<WriteCommand>& commands);
ReadAnswer ReadOne(StoreSession& session, const ReadQuery& query);
std::vector<ReadAnswer> ReadAll(StoreSession& session, const std::vector<ReadQuery>& queries);
// The memo as the store has it now; fails the test when it is not found.
Memo GetOne(StoreSession& session, Caller caller, Uuid id);

// A migrated, empty database of the kind under test, and a session on it.
class StoreContract : public testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override;

  std::unique_ptr<StoreSession> NewSession(Store& store);
  std::unique_ptr<StoreSession> NewSession() { return NewSession(*store_); }
  // A new account with sessions of token version 1.
  Caller NewAccount(const std::string& username);
  // A new memo of the caller.
  Memo NewMemo(Caller caller, std::uint64_t id, std::string title, std::string content = "");

  std::unique_ptr<StoreHarness> harness_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<StoreSession> session_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_STORE_CONTRACT_H_
