// The reads of the MariaDB store, by server-side prepared statements.
//
// CPU of server and client per memo, measured on MariaDB 10.11 over TLS with 100,000 memos of 200
// bytes, 28 memos read at once (µs; a busy machine shows up to three times as much):
//   one at a time 60; pipelined 65; UNION ALL of points 18; OR-list joined with account 15; OR-list
//   without account 10; (account_id, id) IN list without account 9; join from VALUES, account
//   included 9.
// So a batch joins from VALUES: as cheap as the range scans, linear in the size, of one moment, and
// by outer joins one statement also tells a missing memo from a void session. One memo alone would
// pay twice its price for the temporary table and has a plain statement; when it is not found, a
// second one says why. A list of 50 costs some 150: the round trip of a single memo, and 2 for each
// row, spent in the server's row scan and protocol whatever the columns (an excerpt kept in a
// column of its own, or bytes in place of characters, gained nothing). Eight lists in one UNION ALL
// cost as much as one by one, so only those asked for twice in a batch are shared.
#ifndef SCV_MEMO_STORE_MARIADB_READ_H_
#define SCV_MEMO_STORE_MARIADB_READ_H_

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "memo/domain/memo_types.h"
#include "memo/store/mariadb_client.h"

namespace scv::memo {

class MariadbReader {
 public:
  // The connection outlives this.
  explicit MariadbReader(MariadbConnection& connection);

  // As StoreSession::Read.
  Result<void> Answer(std::span<const ReadQuery* const> queries,
                      std::span<ReadAnswer* const> answers);

 private:
  struct Get {
    const GetMemo* query;
    ReadAnswer* answer;
  };
  struct List {
    const ListMemos* query;
    ReadAnswer* answer;
  };

  Result<void> AnswerGet(const Get& get);
  Result<void> AnswerGets(std::span<const Get> gets);
  Result<void> AnswerList(const ListMemos& list, ReadAnswer& answer);
  Result<void> AnswerPage(const ListMemos& list, ReadAnswer& answer);
  Result<void> CollectPage(MariadbStatement& statement, const ListMemos& list, ReadAnswer& answer);
  Result<void> AnswerFindAccount(const FindAccount& find, ReadAnswer& answer);
  Result<void> AnswerFindCaller(const FindCaller& find, ReadAnswer& answer);

  // After nothing was found: is the session void, or the server no longer the primary (kReadOnly)?
  Result<bool> IsGood(const Caller& caller);
  // Whether a value of @@global.read_only allows the answer.
  Result<void> CheckWritable(std::string_view read_only) const;
  // The statement for 1 << power memos.
  MariadbStatement& GetStatement(std::size_t power);
  MariadbStatement& ListStatement(const ListMemos& list);

  MariadbConnection& connection_;
  std::array<std::unique_ptr<MariadbStatement>, 7> gets_;
  std::array<std::unique_ptr<MariadbStatement>, 32> lists_;
  MariadbStatement get_one_;
  MariadbStatement account_by_name_;
  MariadbStatement account_by_id_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_MARIADB_READ_H_
