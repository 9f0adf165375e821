// The random halves of AWS's ids. Thread-safe; the bytes come from OpenSSL.
#ifndef SCV_PROVIDER_RANDOM_TEXT_H_
#define SCV_PROVIDER_RANDOM_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace scv::provider {

// `length` characters, each evenly chosen from `alphabet` (1 to 256 characters).
std::string RandomText(std::size_t length, std::string_view alphabet);

inline constexpr std::string_view kHexDigits = "0123456789abcdef";
inline constexpr std::string_view kUpperAlphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
inline constexpr std::string_view kLowerAlphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789";
inline constexpr std::string_view kAlphanumeric =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

// "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
std::string RandomUuid();

// The first `length` (up to 64) lower-case hex digits of SHA-256(text): the same for the same text.
std::string HashText(std::string_view text, std::size_t length);

// MariaDB's mysql_native_password: "*" and SHA1(SHA1(password)) in upper-case hex.
std::string NativePasswordHash(std::string_view password);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_RANDOM_TEXT_H_
