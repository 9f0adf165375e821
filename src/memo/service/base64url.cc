#include "memo/service/base64url.h"

#include <sodium.h>

#include <algorithm>

namespace scv::memo {
namespace {

constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

bool InAlphabet(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

}  // namespace

std::string ToBase64Url(std::span<const std::uint8_t> bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();  // the terminating NUL
  return text;
}

bool FromBase64Url(std::string_view text, std::span<std::uint8_t> bytes) {
  // libsodium 1.0.18 takes some bytes above 0x7f for letters of the alphabet (found by fuzzing).
  if (text.size() != Base64UrlLength(bytes.size()) ||
      !std::all_of(text.begin(), text.end(), InAlphabet)) {
    return false;
  }
  std::size_t length = 0;
  return sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length,
                           nullptr, kVariant) == 0 &&
         length == bytes.size();
}

}  // namespace scv::memo
