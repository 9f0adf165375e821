#include "memo/http/cursor.h"

#include <sodium.h>

#include <array>
#include <cstring>

namespace scv::memo {
namespace {

constexpr std::uint8_t kForm = 1;
constexpr std::size_t kBytes = 17;
constexpr std::size_t kText = 23;
constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

}  // namespace

std::string EncodeCursor(const Uuid& last) {
  std::array<std::uint8_t, kBytes> bytes{kForm};
  std::memcpy(bytes.data() + 1, last.bytes.data(), last.bytes.size());
  std::array<char, kText + 1> text{};
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  return std::string(text.data(), kText);
}

std::optional<Uuid> DecodeCursor(std::string_view text) {
  if (text.size() != kText) return std::nullopt;
  std::array<std::uint8_t, kBytes> bytes{};
  std::size_t length = 0;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length,
                        nullptr, kVariant) != 0 ||
      length != kBytes || bytes[0] != kForm) {
    return std::nullopt;
  }
  Uuid id;
  std::memcpy(id.bytes.data(), bytes.data() + 1, id.bytes.size());
  return id;
}

}  // namespace scv::memo
