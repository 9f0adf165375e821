#include "base/uuid.h"

#include <algorithm>
#include <cstring>

namespace scv {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::size_t kTextLength = 36;

bool IsDash(std::size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

Uuid MakeUuidV7(Millis time, const std::array<std::uint8_t, 10>& random) {
  Uuid id;
  const auto t = static_cast<std::uint64_t>(std::max<Millis>(time, 0));
  for (std::size_t i = 0; i < 6; ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(t >> (40 - 8 * i));
  }
  std::copy(random.begin(), random.end(), id.bytes.begin() + 6);
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (id.bytes[6] & 0x0f));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
  return id;
}

Millis TimeOf(const Uuid& id) {
  Millis t = 0;
  for (std::size_t i = 0; i < 6; ++i) t = t << 8 | id.bytes[i];
  return t;
}

void AppendUuid(const Uuid& id, std::string& out) {
  std::array<char, kTextLength> text{};
  std::size_t position = 0;
  for (std::uint8_t byte : id.bytes) {
    if (IsDash(position)) text[position++] = '-';
    text[position++] = kHex[byte >> 4];
    text[position++] = kHex[byte & 0x0f];
  }
  out.append(text.data(), text.size());
}

std::string ToString(const Uuid& id) {
  std::string out;
  AppendUuid(id, out);
  return out;
}

std::optional<Uuid> ParseUuidV7(std::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  Uuid id;
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < kTextLength; ++i) {
    if (IsDash(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = HexValue(text[i]);
    if (value < 0) return std::nullopt;
    auto& byte = id.bytes[nibble / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | value);
    ++nibble;
  }
  if (id.bytes[6] >> 4 != 7 || id.bytes[8] >> 6 != 2) return std::nullopt;
  return id;
}

}  // namespace scv

std::size_t std::hash<scv::Uuid>::operator()(const scv::Uuid& id) const noexcept {
  // The last eight bytes of a UUIDv7 are random already.
  std::uint64_t low = 0;
  std::memcpy(&low, id.bytes.data() + 8, sizeof(low));
  return static_cast<std::size_t>(low);
}
