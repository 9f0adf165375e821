#include "memo/service/password.h"

#include <sodium.h>

#include <array>

namespace scv::memo {
namespace {

// OWASP Password Storage Cheat Sheet: m=19456 (19 MiB), t=2, p=1.
constexpr unsigned long long kPasses = 2;
constexpr std::size_t kMemoryBytes = 19456ULL * 1024;

}  // namespace

Result<std::string> HashPassword(std::string_view password) {
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), kPasses, kMemoryBytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Fail(ErrorKind::kOverloaded, "no memory to hash a password; repeat later");
  }
  return std::string(hash.data());
}

bool VerifyPassword(std::string_view password, const std::string& hash) {
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

const std::string& DecoyHash() {
  static const std::string hash = HashPassword("").value_or("!");
  return hash;
}

}  // namespace scv::memo
