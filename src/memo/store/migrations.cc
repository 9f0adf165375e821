#include "memo/store/migrations.h"

#include <array>

namespace scv::memo {
namespace {

// Memos are clustered by (account, id): a page of the newest is one range of the primary key, and
// a read by id can only ever see the caller's own row. In SQLite the content comes last, so that
// its overflow pages are not walked for the columns that filters look at.
constexpr std::array<std::string_view, 6> kFirstSqlite = {
    R"(CREATE TABLE IF NOT EXISTS account (
         id INTEGER PRIMARY KEY,
         username TEXT NOT NULL UNIQUE,
         password_hash TEXT NOT NULL,
         token_version INTEGER NOT NULL,
         created_at INTEGER NOT NULL) STRICT)",
    R"(CREATE TABLE IF NOT EXISTS memo (
         account_id INTEGER NOT NULL,
         id BLOB NOT NULL,
         title TEXT NOT NULL,
         pinned INTEGER NOT NULL,
         state INTEGER NOT NULL,
         version INTEGER NOT NULL,
         created_at INTEGER NOT NULL,
         updated_at INTEGER NOT NULL,
         deleted_at INTEGER NOT NULL,
         content TEXT NOT NULL,
         PRIMARY KEY (account_id, id)) STRICT, WITHOUT ROWID)",
    R"(CREATE INDEX IF NOT EXISTS memo_trash ON memo (deleted_at) WHERE deleted_at > 0)",
    R"(CREATE TABLE IF NOT EXISTS idempotency (
         account_id INTEGER NOT NULL,
         key_hash BLOB NOT NULL,
         request_hash BLOB NOT NULL,
         created_at INTEGER NOT NULL,
         receipt BLOB NOT NULL,
         PRIMARY KEY (account_id, key_hash)) STRICT, WITHOUT ROWID)",
    R"(CREATE INDEX IF NOT EXISTS idempotency_created ON idempotency (created_at))",
    R"(CREATE TABLE IF NOT EXISTS signing_key (
         kid INTEGER PRIMARY KEY AUTOINCREMENT,
         secret BLOB NOT NULL,
         created_at INTEGER NOT NULL,
         retired_at INTEGER NOT NULL) STRICT)",
};

constexpr std::array<std::string_view, 4> kFirstMariadb = {
    R"(CREATE TABLE IF NOT EXISTS account (
         id BIGINT NOT NULL PRIMARY KEY,
         username VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
         password_hash VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
         token_version INT UNSIGNED NOT NULL,
         created_at BIGINT NOT NULL) ENGINE=InnoDB)",
    // MEDIUMTEXT rather than TEXT: 20,000 code points can take 80,000 bytes.
    R"(CREATE TABLE IF NOT EXISTS memo (
         account_id BIGINT NOT NULL,
         id BINARY(16) NOT NULL,
         title VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci NOT NULL,
         content MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci NOT NULL,
         pinned TINYINT NOT NULL,
         state TINYINT NOT NULL,
         version INT UNSIGNED NOT NULL,
         created_at BIGINT NOT NULL,
         updated_at BIGINT NOT NULL,
         deleted_at BIGINT NOT NULL,
         PRIMARY KEY (account_id, id),
         KEY memo_trash (deleted_at)) ENGINE=InnoDB)",
    R"(CREATE TABLE IF NOT EXISTS idempotency (
         account_id BIGINT NOT NULL,
         key_hash BINARY(16) NOT NULL,
         request_hash BINARY(16) NOT NULL,
         created_at BIGINT NOT NULL,
         receipt MEDIUMBLOB NOT NULL,
         PRIMARY KEY (account_id, key_hash),
         KEY idempotency_created (created_at)) ENGINE=InnoDB)",
    R"(CREATE TABLE IF NOT EXISTS signing_key (
         kid INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
         secret BINARY(32) NOT NULL,
         created_at BIGINT NOT NULL,
         retired_at BIGINT NOT NULL) ENGINE=InnoDB)",
};

// One row per thing that is done once in a database's life; today only the seed.
constexpr std::array<std::string_view, 1> kOnceSqlite = {
    R"(CREATE TABLE IF NOT EXISTS done_once (name TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT)",
};
constexpr std::array<std::string_view, 1> kOnceMariadb = {
    R"(CREATE TABLE IF NOT EXISTS done_once (
         name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
         at BIGINT NOT NULL) ENGINE=InnoDB)",
};

constexpr std::array<Migration, 2> kMigrations = {
    Migration{"accounts, memos, idempotency records, signing keys", kFirstSqlite, kFirstMariadb},
    Migration{"things done once", kOnceSqlite, kOnceMariadb},
};

}  // namespace

std::span<const Migration> Migrations() { return kMigrations; }

int SchemaVersion() { return static_cast<int>(kMigrations.size()); }

}  // namespace scv::memo
