// The vocabulary of the memo service: what is stored, what may be asked, what comes of it.
// Plain values; nothing here does I/O. All text is well-formed UTF-8 in NFC, all times are
// milliseconds since the epoch, and the limits of docs/api.md have been applied before one of
// these is made (memo_limits.h).
#ifndef SCV_MEMO_DOMAIN_MEMO_TYPES_H_
#define SCV_MEMO_DOMAIN_MEMO_TYPES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "base/uuid.h"

namespace scv::memo {

// Random 63-bit number, never 0: 0 is the scope of keys that belong to no account.
using AccountId = std::int64_t;

struct Account {
  AccountId id = 0;
  std::string username;
  std::string password_hash;  // libsodium's Argon2id string; "!" can never be signed in with
  std::uint32_t token_version = 0;
  Millis created_at = 0;
  bool operator==(const Account&) const = default;
};

// Who asks, as the session token says. Stores honour a request only while the account exists with
// this very token version; that is what makes "sign out everywhere" immediate on every instance.
struct Caller {
  AccountId account = 0;
  std::uint32_t token_version = 0;
  bool operator==(const Caller&) const = default;
};

enum class MemoState : std::uint8_t { kActive = 0, kTrashed = 1 };

struct Memo {
  Uuid id;
  std::string title;
  std::string content;  // in summaries: the excerpt
  bool pinned = false;
  MemoState state = MemoState::kActive;
  std::uint32_t version = 1;
  Millis created_at = 0;
  Millis updated_at = 0;
  Millis deleted_at = 0;  // 0: not in the trash
  bool operator==(const Memo&) const = default;
};

// --- Reads ---------------------------------------------------------------------------------------

// One memo of the caller. When `known_version` is the current one, the answer may leave title and
// content empty (a 304 needs neither).
struct GetMemo {
  Caller caller;
  Uuid id;
  std::optional<std::uint32_t> known_version;
};

// A page of the caller's memos: ids strictly below `before` (newest first), or strictly above
// `after` (oldest first) for exports. At most one of the two is set; neither: newest first from
// the top.
struct ListMemos {
  Caller caller;
  std::uint32_t limit = 50;  // 1..1000
  std::optional<Uuid> before;
  std::optional<Uuid> after;
  std::optional<MemoState> state;  // nullopt: both
  std::optional<bool> pinned;
  std::string query;          // NFC; empty: no search. Substring of title or content, any case
  bool full_content = false;  // false: content is cut to kExcerptCodePoints
};

// The account of a name, for signing in.
struct FindAccount {
  std::string username;
};

// The caller's own account, if the session is still good.
struct FindCaller {
  Caller caller;
};

using ReadQuery = std::variant<GetMemo, ListMemos, FindAccount, FindCaller>;

enum class ReadStatus : std::uint8_t {
  kFound,
  kNotModified,      // GetMemo: known_version is current; `memos` has it, perhaps without its texts
  kNotFound,         // no such memo of this caller, or no such account
  kUnauthenticated,  // the caller's account is gone or its sessions were revoked
  kTimedOut,         // a search (ListMemos with `query`) stopped after Store::kSearchTimeMax
};

struct ReadAnswer {
  ReadStatus status = ReadStatus::kNotFound;
  std::vector<Memo> memos;  // GetMemo: one; ListMemos: up to `limit`
  bool more = false;        // ListMemos: there are memos past the last one
  Account account;          // FindAccount, FindCaller; with password_hash
};

// --- Writes --------------------------------------------------------------------------------------

// 128-bit BLAKE2b digests: of (scope, client's key) and of what the key must be repeated with.
using Digest128 = std::array<std::uint8_t, 16>;

struct CreateMemo {
  Uuid id;  // minted by the server before the first attempt, so that a retry cannot make a second
  std::string title;
  std::string content;
  bool pinned = false;
  MemoState state = MemoState::kActive;  // kTrashed only by import
};

// `expected` is the If-Match version; nullopt: any ("*" or no header).
struct ReplaceMemo {
  Uuid id;
  std::optional<std::uint32_t> expected;
  std::string title;
  std::string content;
  std::optional<bool> pinned;
};

struct PatchMemo {
  Uuid id;
  std::optional<std::uint32_t> expected;
  std::optional<std::string> title;
  std::optional<std::string> content;
  std::optional<bool> pinned;
};

struct TrashMemo {
  Uuid id;
  std::optional<std::uint32_t> expected;
};

struct RestoreMemo {
  Uuid id;
  std::optional<std::uint32_t> expected;
};

struct PurgeMemo {
  Uuid id;
  std::optional<std::uint32_t> expected;
};

// The caller of a CreateAccount is {0, 0}. `account.id` is minted before the first attempt.
struct CreateAccount {
  Account account;
};

// Sets the hash and raises the token version by one.
struct SetPassword {
  std::string password_hash;
};

// Raises the token version by one.
struct RevokeSessions {};

using WriteOperation = std::variant<CreateMemo, ReplaceMemo, PatchMemo, TrashMemo, RestoreMemo,
                                    PurgeMemo, CreateAccount, SetPassword, RevokeSessions>;

struct WriteCommand {
  Caller caller;
  Digest128 key{};      // the idempotency key, the client's or one minted by the server
  Digest128 request{};  // what a repeat must have in common with the first
  Millis now = 0;       // becomes created_at / updated_at / deleted_at
  WriteOperation operation;
  bool locate = false;  // WriteAnswer::place is wanted
};

// Where a committed write is in what replicas follow.
struct WritePlace {
  std::uint32_t server = 0;  // the number of the database server that answered; 0: not known
  std::string gtid;          // of the write's transaction; empty: not known
};

enum class WriteStatus : std::uint8_t {
  kApplied,          // done now, or done before under the same key (`replayed`)
  kUnchanged,        // nothing to do: already in the trash, not in the trash for restore
  kNotFound,         // no such memo of this caller
  kUnauthenticated,  // the caller's account is gone or its sessions were revoked
  kVersionConflict,  // `memo` is the current one
  kMemoTrashed,      // an edit of a memo in the trash
  kMemoNotTrashed,   // a purge of a memo outside the trash
  kUsernameTaken,
  kKeyReused,  // the key was used for another request
};

struct WriteAnswer {
  WriteStatus status = WriteStatus::kNotFound;
  bool replayed = false;
  Memo memo;        // the memo after the write; unset for a purge and for account writes
  Account account;  // after CreateAccount, SetPassword, RevokeSessions; without password_hash
  // Only when the command asks, and the database is one that has replicas. A replayed write has no
  // gtid: that it was made is on record, not when.
  WritePlace place;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_DOMAIN_MEMO_TYPES_H_
