#include "memo/http/cursor.h"

#include <array>
#include <cstring>

#include "memo/service/base64url.h"

namespace scv::memo {
namespace {

constexpr std::uint8_t kForm = 1;
using Bytes = std::array<std::uint8_t, 17>;

}  // namespace

std::string EncodeCursor(const Uuid& last) {
  Bytes bytes{kForm};
  std::memcpy(bytes.data() + 1, last.bytes.data(), last.bytes.size());
  return ToBase64Url(bytes);
}

std::optional<Uuid> DecodeCursor(std::string_view text) {
  Bytes bytes{};
  if (!FromBase64Url(text, bytes) || bytes[0] != kForm) return std::nullopt;
  Uuid id;
  std::memcpy(id.bytes.data(), bytes.data() + 1, id.bytes.size());
  return id;
}

}  // namespace scv::memo
