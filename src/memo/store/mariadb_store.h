// The store on a MariaDB server (10.11 or later), for instances that share one database: TLS with a
// verified certificate, few round trips per batch, and errors that tell a failover apart from a
// refusal.
#ifndef SCV_MEMO_STORE_MARIADB_STORE_H_
#define SCV_MEMO_STORE_MARIADB_STORE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "memo/store/name_watch.h"
#include "memo/store/store.h"

namespace scv::memo {

struct Credentials {
  std::string user;
  std::string password;
};

// Where credentials come from: called once per Open(), and once more with `refresh` (do not answer
// from a cache) when the server refused the first. Called from several threads.
using CredentialSource = std::function<Result<Credentials>(bool refresh)>;

struct MariadbOptions {
  enum class Tls {
    kVerify,  // TLS 1.2 or later; the chain must lead to `ca_file`, the name or address must match
    kOff,     // plaintext: only for servers on this machine
  };

  std::string host;  // a name (resolved at each Open) or an address
  // Where the name leads, asked while a round trip or an Open takes long; what waits for a server
  // that the name leads away from ends with kUnavailable. null: the C library's resolver.
  std::shared_ptr<NameWatch> name_watch;
  std::uint16_t port = 3306;
  std::string database;
  CredentialSource credentials;
  Tls tls = Tls::kVerify;
  std::string ca_file;  // PEM; empty: the system's certificate authorities

  // How long one round trip may take before it is kTimeout. Longer than a search may take.
  std::chrono::milliseconds io_timeout{5000};
  // How long the server waits for a row locked by another transaction (whole seconds, at least
  // one), and how long it lets this client, perhaps cut off, sit on a transaction: less than
  // io_timeout, so that a repeat does not wait for the locks of its own dead first attempt.
  std::chrono::seconds lock_wait{2};
  std::chrono::seconds idle_transaction_max{2};
  std::chrono::milliseconds search_time_max = Store::kSearchTimeMax;
  // Whether reads, too, are refused (kReadOnly) by a server with read_only set: a primary that was
  // demoted must not go on answering from data that grows stale.
  bool require_writable = true;
};

// kInvalid: an option is missing or the CA file cannot be read. Does not connect.
//
// Open(): kUnavailable (not reachable, shutting down, too many connections, its certificate does
// not verify), kDenied, kNotFound (no such database), or what the CredentialSource says. A name is
// resolved by the C library, in a time that only its resolver options bound; the rest keeps to the
// timeout, to within a second. Sessions may outlive the Store.
Result<std::unique_ptr<Store>> MakeMariadbStore(MariadbOptions options);

}  // namespace scv::memo

#endif  // SCV_MEMO_STORE_MARIADB_STORE_H_
