// Stateless sessions: a token says who signed in and until when, authenticated by a signing key
// that every instance shares through the database. Revocation is by the account's token version,
// which stores compare on every access (memo_types.h, Caller).
//
// Form: base64url without padding of  u8 form | u32 kid | i64 account | u32 token_version |
// i64 issued_ms | i64 expires_ms | 8 random bytes | 32-byte MAC, integers big-endian. The MAC is
// libsodium's crypto_auth (HMAC-SHA-512-256) over all that stands before it.
#ifndef SCV_MEMO_SERVICE_SESSION_TOKEN_H_
#define SCV_MEMO_SERVICE_SESSION_TOKEN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "memo/domain/memo_types.h"
#include "memo/store/store.h"

namespace scv::memo {

inline constexpr Millis kSessionLifetime = Millis{7} * 24 * 3600 * 1000;

struct Session {
  Caller caller;
  Millis issued_at = 0;
  Millis expires_at = 0;
  std::array<std::uint8_t, 8> nonce{};
};

enum class TokenProblem { kMalformed, kUnknownKey, kForged, kExpired };

// The signing keys at one moment. Immutable, shared between threads.
class Keyring {
 public:
  Keyring() = default;
  // `keys` as StoreSession::SigningKeys gives them.
  explicit Keyring(std::vector<SigningKey> keys) : keys_(std::move(keys)) {}

  bool empty() const { return keys_.empty(); }

  // A token signed by the youngest key in use; empty when there is none.
  std::string Sign(const Session& session) const;

  // Constant time in the token's secret part. A retired key is good until its retired_at.
  std::expected<Session, TokenProblem> Verify(std::string_view token, Millis now) const;

  // What a browser must send beside the cookie to prove that a page of this origin made the
  // request: a MAC over the session's nonce, so it needs no storage either.
  std::string CsrfToken(const Session& session) const;
  bool CsrfMatches(const Session& session, std::string_view token) const;

 private:
  const SigningKey* Youngest() const;

  std::vector<SigningKey> keys_;
};

// A session of `account` from `now` on. Draws the nonce from the system's random source.
Session NewSession(const Account& account, Millis now);

}  // namespace scv::memo

#endif  // SCV_MEMO_SERVICE_SESSION_TOKEN_H_
