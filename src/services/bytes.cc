#include "services/bytes.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <array>
#include <cstdlib>

namespace scv::services {
namespace {

const unsigned char* Raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string DigestOf(const EVP_MD* kind, std::string_view bytes) {
  Digest digest(kind);
  digest.Add(bytes);
  return digest.Finish();
}

// Idempotent and thread-safe; without it there is no randomness to go on with.
void NeedSodium() {
  if (sodium_init() < 0) std::abort();
}

}  // namespace

Digest::Digest(const EVP_MD* kind) : context_(EVP_MD_CTX_new()) {
  if (!context_ || EVP_DigestInit_ex(context_.get(), kind, nullptr) != 1) std::abort();
}

void Digest::Add(std::string_view bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string Digest::Finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(context_.get(), out.data(), &size);
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string Sha256(std::string_view bytes) { return DigestOf(EVP_sha256(), bytes); }
std::string Sha256Hex(std::string_view bytes) { return Hex(Sha256(bytes)); }
std::string Md5Hex(std::string_view bytes) { return Hex(DigestOf(EVP_md5(), bytes)); }

std::string HmacSha256(std::string_view key, std::string_view message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), Raw(message), message.size(),
       out.data(), &size);
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string Base64(std::string_view bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string out(sodium_base64_ENCODED_LEN(bytes.size(), kVariant), '\0');
  sodium_bin2base64(out.data(), out.size(), Raw(bytes), bytes.size(), kVariant);
  out.pop_back();  // the terminating zero
  return out;
}

std::optional<std::string> Unbase64(std::string_view text) {
  std::string out(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const int code =
      sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(),
                        text.size(), nullptr, &size, &end, sodium_base64_VARIANT_ORIGINAL);
  if (code != 0 || end != text.data() + text.size()) return std::nullopt;
  out.resize(size);
  return out;
}

bool SameSecret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string RandomBytes(std::size_t count) {
  NeedSodium();
  std::string out(count, '\0');
  randombytes_buf(out.data(), out.size());
  return out;
}

std::string RandomText(std::size_t count, std::string_view alphabet) {
  NeedSodium();
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    out += alphabet[randombytes_uniform(static_cast<std::uint32_t>(alphabet.size()))];
  }
  return out;
}

}  // namespace scv::services
