#include "memo/service/session_token.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "memo/service/base64url.h"

namespace scv::memo {
namespace {

constexpr std::uint8_t kForm = 1;
constexpr std::size_t kPayload = 1 + 4 + 8 + 4 + 8 + 8 + 8;
constexpr std::size_t kTokenBytes = kPayload + crypto_auth_BYTES;
constexpr std::string_view kCsrfContext = "csrf";
using Bytes = std::array<std::uint8_t, kTokenBytes>;

static_assert(crypto_auth_KEYBYTES == sizeof(SigningKey::secret));

template <typename Int>
void Put(std::uint8_t*& at, Int value) {
  for (std::size_t i = sizeof(Int); i-- > 0;) {
    *at++ = static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i));
  }
}

template <typename Int>
Int Get(const std::uint8_t*& at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Int); ++i) value = value << 8 | *at++;
  return static_cast<Int>(value);
}

void EncodePayload(std::uint32_t kid, const Session& session, Bytes& out) {
  std::uint8_t* at = out.data();
  Put(at, kForm);
  Put(at, kid);
  Put(at, session.caller.account);
  Put(at, session.caller.token_version);
  Put(at, session.issued_at);
  Put(at, session.expires_at);
  std::memcpy(at, session.nonce.data(), session.nonce.size());
}

// Returns the kid.
std::uint32_t DecodePayload(const Bytes& bytes, Session& session) {
  const std::uint8_t* at = bytes.data() + 1;
  const auto kid = Get<std::uint32_t>(at);
  session.caller.account = Get<AccountId>(at);
  session.caller.token_version = Get<std::uint32_t>(at);
  session.issued_at = Get<Millis>(at);
  session.expires_at = Get<Millis>(at);
  std::memcpy(session.nonce.data(), at, session.nonce.size());
  return kid;
}

// The CSRF token is bound to the nonce by a key derived for that use alone: not the signing key
// itself, so that one never stands for the other.
std::array<std::uint8_t, crypto_auth_BYTES> CsrfMac(const SigningKey& key, const Session& session) {
  std::array<std::uint8_t, crypto_auth_KEYBYTES> derived{};
  crypto_auth(derived.data(), reinterpret_cast<const unsigned char*>(kCsrfContext.data()),
              kCsrfContext.size(), key.secret.data());
  std::array<std::uint8_t, crypto_auth_BYTES> mac{};
  crypto_auth(mac.data(), session.nonce.data(), session.nonce.size(), derived.data());
  return mac;
}

}  // namespace

const SigningKey* Keyring::Youngest() const {
  for (const SigningKey& key : keys_) {
    if (key.retired_at == 0) return &key;
  }
  return nullptr;
}

std::string Keyring::Sign(const Session& session) const {
  const SigningKey* key = Youngest();
  if (key == nullptr) return {};
  Bytes bytes{};
  EncodePayload(key->kid, session, bytes);
  crypto_auth(bytes.data() + kPayload, bytes.data(), kPayload, key->secret.data());
  return ToBase64Url(bytes);
}

std::expected<Session, TokenProblem> Keyring::Verify(std::string_view token, Millis now) const {
  Bytes bytes{};
  if (!FromBase64Url(token, bytes) || bytes[0] != kForm) {
    return std::unexpected(TokenProblem::kMalformed);
  }
  Session session;
  const std::uint32_t kid = DecodePayload(bytes, session);
  const auto key =
      std::find_if(keys_.begin(), keys_.end(), [&](const auto& k) { return k.kid == kid; });
  if (key == keys_.end()) return std::unexpected(TokenProblem::kUnknownKey);
  if (crypto_auth_verify(bytes.data() + kPayload, bytes.data(), kPayload, key->secret.data()) !=
      0) {
    return std::unexpected(TokenProblem::kForged);
  }
  const bool key_retired = key->retired_at != 0 && key->retired_at <= now;
  if (key_retired || session.expires_at <= now) return std::unexpected(TokenProblem::kExpired);
  return session;
}

std::string Keyring::CsrfToken(const Session& session) const {
  const SigningKey* key = Youngest();
  if (key == nullptr) return {};
  const auto mac = CsrfMac(*key, session);
  return ToBase64Url(mac);
}

bool Keyring::CsrfMatches(const Session& session, std::string_view token) const {
  // A page may hold a token made under a key that has been rotated since: any key will do.
  return std::any_of(keys_.begin(), keys_.end(), [&](const SigningKey& key) {
    const auto mac = CsrfMac(key, session);
    const std::string expected = ToBase64Url(mac);
    return expected.size() == token.size() &&
           sodium_memcmp(expected.data(), token.data(), token.size()) == 0;
  });
}

Session NewSession(const Account& account, Millis now) {
  Session session;
  session.caller = {account.id, account.token_version};
  session.issued_at = now;
  session.expires_at = now + kSessionLifetime;
  randombytes_buf(session.nonce.data(), session.nonce.size());
  return session;
}

}  // namespace scv::memo
