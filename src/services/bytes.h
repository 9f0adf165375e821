// Digests, message authentication, text forms of bytes, and randomness: OpenSSL and libsodium do
// the work. Thread-safe.
#ifndef SCV_SERVICES_BYTES_H_
#define SCV_SERVICES_BYTES_H_

#include <openssl/evp.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace scv::services {

// A digest that is fed piece by piece.
class Digest {
 public:
  // One of OpenSSL's, as EVP_sha256().
  explicit Digest(const EVP_MD* kind);
  void Add(std::string_view bytes);
  // The raw digest; nothing may be added afterwards.
  std::string Finish();

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

std::string Sha256(std::string_view bytes);
std::string Sha256Hex(std::string_view bytes);
std::string Md5Hex(std::string_view bytes);
std::string HmacSha256(std::string_view key, std::string_view message);

std::string Hex(std::string_view bytes);
std::string Base64(std::string_view bytes);
// Strict: padding and nothing else. nullopt: not base 64.
std::optional<std::string> Unbase64(std::string_view text);

// Compares in a time that depends on the lengths only.
bool SameSecret(std::string_view a, std::string_view b);

std::string RandomBytes(std::size_t count);
// `count` characters out of `alphabet`, each equally likely.
std::string RandomText(std::size_t count, std::string_view alphabet);

}  // namespace scv::services

#endif  // SCV_SERVICES_BYTES_H_
