// What a write does, decided without I/O: both stores load the rows a command names under lock,
// ask here, and carry out the effect in the same transaction as its idempotency record.
#ifndef SCV_MEMO_DOMAIN_WRITE_RULES_H_
#define SCV_MEMO_DOMAIN_WRITE_RULES_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "memo/domain/memo_types.h"

namespace scv::memo {

// The memo that a command reads before it writes; nullopt: the command needs none (CreateMemo and
// the account operations).
std::optional<Uuid> TargetOf(const WriteOperation& operation);

// What to do to the memo row. kNone: nothing changes and no idempotency record is kept.
enum class RowEffect { kNone, kInsert, kUpdate, kDelete };

struct MemoDecision {
  RowEffect effect = RowEffect::kNone;
  WriteAnswer answer;  // for kInsert and kUpdate, answer.memo is the new row
};

// `current` is the caller's memo TargetOf(command) as it stands, nullopt when there is none.
// The caller's account and the idempotency key have been checked already. Must not be called with
// an account operation. Every change raises the version by one; an edit that changes nothing is
// still a new version (the client saw it succeed). updated_at never runs backwards.
MemoDecision DecideMemoWrite(const WriteCommand& command, const std::optional<Memo>& current);

// The record kept with an effect, from which the same answer can be given again. Title and content
// are left out when the (identical) repeat carries them, so that a receipt is about 60 bytes. The
// form is binary, versioned and documented in docs/storage.md.
std::string EncodeReceipt(const WriteCommand& command, const WriteAnswer& answer);

// The answer of the first time, with `replayed` set. `repeat` must have the same request digest.
// kInternal: the receipt is damaged or of a later form.
Result<WriteAnswer> DecodeReceipt(std::string_view receipt, const WriteCommand& repeat);

}  // namespace scv::memo

#endif  // SCV_MEMO_DOMAIN_WRITE_RULES_H_
