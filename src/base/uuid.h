// UUIDs as 16 bytes. Memos are named by UUIDv7 (RFC 9562 5.7): made anywhere without coordination,
// ordered by creation time, and unguessable (74 random bits).
#ifndef SCV_BASE_UUID_H_
#define SCV_BASE_UUID_H_

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace scv {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Uuid&) const = default;
};

// `random` fills everything but the 48-bit time, the version and the variant.
Uuid MakeUuidV7(Millis time, const std::array<std::uint8_t, 10>& random);

// Milliseconds of a UUIDv7.
Millis TimeOf(const Uuid& id);

// The canonical lower-case form, 36 characters.
std::string ToString(const Uuid& id);
void AppendUuid(const Uuid& id, std::string& out);

// Accepts only the canonical form (lower case) of a version 7 UUID with the RFC variant.
std::optional<Uuid> ParseUuidV7(std::string_view text);

}  // namespace scv

template <>
struct std::hash<scv::Uuid> {
  std::size_t operator()(const scv::Uuid& id) const noexcept;
};

#endif  // SCV_BASE_UUID_H_
