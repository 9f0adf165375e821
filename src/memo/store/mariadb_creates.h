// The commonest batch of writes, new memos and nothing else, as one round trip. Does no I/O itself.
#ifndef SCV_MEMO_STORE_MARIADB_CREATES_H_
#define SCV_MEMO_STORE_MARIADB_CREATES_H_

#include <optional>
#include <span>
#include <string>

#include "memo/domain/memo_types.h"

namespace scv::memo {

// The whole transaction for a batch of nothing but CreateMemo with keys of their own, on the guess
// that every caller is good and no key was used before. When the guess is wrong a statement fails
// (kMariadbNull, kMariadbDuplicate), and the server does not come to the COMMIT; roll back and use
// MariadbBatch. nullopt: not such a batch.
std::optional<std::string> MariadbCreatesSql(std::span<const WriteCommand* const> commands);
// The answers when that was committed.
void AnswerCreates(std::span<const WriteCommand* const> commands,
                   std::span<WriteAnswer* const> answers);

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_MARIADB_CREATES_H_
