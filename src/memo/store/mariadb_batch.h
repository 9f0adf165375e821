// A batch of writes in memory: what must be loaded for it, what it decides, what it then stores.
// Makes and reads SQL, but does no I/O itself.
#ifndef SCV_MEMO_STORE_MARIADB_BATCH_H_
#define SCV_MEMO_STORE_MARIADB_BATCH_H_

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "memo/domain/memo_types.h"
#include "memo/store/mariadb_client.h"
#include "memo/store/mariadb_text.h"

namespace scv::memo {

class MariadbBatch {
 public:
  // The commands, answers and failures outlive this.
  MariadbBatch(std::span<const WriteCommand* const> commands, std::span<WriteAnswer* const> answers,
               std::span<Error> failures);

  // Begins the transaction and locks, in one order for all batches, what the commands name:
  // callers' accounts, then memos. Records are read last: whoever held one of those locks before
  // has by then committed its record, so a repeat is told from a conflict.
  std::string LoadSql();
  // Takes in the results of LoadSql(). kReadOnly: `require_writable` and the server is not.
  Result<void> Load(std::vector<MariadbRows>& results, bool require_writable);

  // Decides the commands in order; each sees the effects of those before it.
  void Decide();

  // The effects, their records and the COMMIT; nullopt: there are none.
  std::optional<std::string> StoreSql() const;

  // The number of the server that answered LoadSql().
  std::uint32_t server() const { return server_; }

 private:
  using MemoKey = std::pair<AccountId, Uuid>;
  using RecordKey = std::pair<AccountId, Digest128>;

  struct MemoSlot {
    std::optional<Memo> now;
    bool stored = false;  // there is a row in the database
    bool changed = false;
  };
  struct AccountSlot {
    Account now;
    bool stored = false;
    bool changed = false;
  };
  struct Record {
    Digest128 request{};
    std::string receipt;
    Millis created_at = 0;
    bool fresh = false;  // made by this batch
  };

  void LoadAccounts(MariadbRows& rows);
  void LoadMemos(MariadbRows& rows);
  void LoadRecords(MariadbRows& rows);

  void DecideMemo(const WriteCommand& command, WriteAnswer& answer, Error& failure);
  void DecideSignUp(const WriteCommand& command, WriteAnswer& answer, Error& failure);
  void DecideAccount(const WriteCommand& command, WriteAnswer& answer, Error& failure);
  const Record* FindRecord(const WriteCommand& command) const;
  AccountSlot* FindGoodCaller(const Caller& caller);
  void Keep(const WriteCommand& command, const WriteAnswer& answer);

  void StoreAccounts(MariadbText& text) const;
  void StoreRecords(MariadbText& text) const;
  void StoreMemos(MariadbText& text) const;

  std::span<const WriteCommand* const> commands_;
  std::span<WriteAnswer* const> answers_;
  std::span<Error> failures_;
  // Ordered, so that two batches lock and insert in the same order.
  std::map<MemoKey, MemoSlot> memos_;
  std::map<RecordKey, Record> records_;
  std::map<AccountId, AccountSlot> accounts_;
  std::set<std::string, std::less<>> names_taken_;
  // Which results LoadSql() asked for.
  bool asked_accounts_ = false;
  bool asked_memos_ = false;
  bool asked_names_ = false;
  std::uint32_t server_ = 0;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_MARIADB_BATCH_H_
