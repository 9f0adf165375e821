#include "provider/random_text.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace scv::provider {
namespace {

std::string Digest(const EVP_MD* kind, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), bytes.data(), &length, kind, nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no such digest");
  }
  return {reinterpret_cast<const char*>(bytes.data()), length};
}

std::string Hex(std::string_view bytes, std::string_view digits) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4U];
    text += digits[byte & 0x0fU];
  }
  return text;
}

}  // namespace

std::string RandomText(std::size_t length, std::string_view alphabet) {
  const unsigned fair = 256U - 256U % static_cast<unsigned>(alphabet.size());
  std::string text;
  std::array<unsigned char, 64> bytes{};
  while (text.size() < length) {
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
      throw std::runtime_error("OpenSSL has no random bytes");
    }
    for (const unsigned byte : bytes) {
      if (byte < fair && text.size() < length) text += alphabet[byte % alphabet.size()];
    }
  }
  return text;
}

std::string RandomUuid() {
  auto digits = RandomText(32, kHexDigits);
  digits[12] = '4';
  digits[16] = "89ab"[static_cast<unsigned>(digits[16]) % 4U];
  return digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-" + digits.substr(12, 4) + "-" +
         digits.substr(16, 4) + "-" + digits.substr(20);
}

std::string HashText(std::string_view text, std::size_t length) {
  return Hex(Digest(EVP_sha256(), text), kHexDigits).substr(0, length);
}

std::string NativePasswordHash(std::string_view password) {
  return "*" + Hex(Digest(EVP_sha1(), Digest(EVP_sha1(), password)), "0123456789ABCDEF");
}

}  // namespace scv::provider
