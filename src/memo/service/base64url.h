// base64url without padding (RFC 4648 5), strict: exactly one text for each sequence of bytes.
#ifndef SCV_MEMO_SERVICE_BASE64URL_H_
#define SCV_MEMO_SERVICE_BASE64URL_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace scv::memo {

constexpr std::size_t Base64UrlLength(std::size_t bytes) { return (bytes * 4 + 2) / 3; }

std::string ToBase64Url(std::span<const std::uint8_t> bytes);

// True when `text` is the encoding of exactly bytes.size() bytes, which are then in `bytes`.
bool FromBase64Url(std::string_view text, std::span<std::uint8_t> bytes);

}  // namespace scv::memo

#endif  // SCV_MEMO_SERVICE_BASE64URL_H_
