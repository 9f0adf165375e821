// Every number that bounds what the memo service accepts or keeps (docs/api.md states the ones
// that clients see).
#ifndef SCV_MEMO_DOMAIN_MEMO_LIMITS_H_
#define SCV_MEMO_DOMAIN_MEMO_LIMITS_H_

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace scv::memo {

inline constexpr std::size_t kTitleCodePointsMax = 200;
inline constexpr std::size_t kContentCodePointsMax = 20'000;
inline constexpr std::size_t kExcerptCodePoints = 200;
inline constexpr std::size_t kQueryCodePointsMax = 100;
inline constexpr std::size_t kUsernameMin = 3;
inline constexpr std::size_t kUsernameMax = 32;
inline constexpr std::size_t kPasswordCodePointsMin = 8;
inline constexpr std::size_t kPasswordCodePointsMax = 128;
inline constexpr std::size_t kIdempotencyKeyMax = 128;
inline constexpr std::uint32_t kPageMax = 100;
inline constexpr std::uint32_t kPageDefault = 50;
inline constexpr std::uint32_t kExportPage = 200;
inline constexpr std::size_t kImportLinesMax = 10'000;

inline constexpr std::size_t kHeaderBytesMax = 16 * 1024;
inline constexpr std::size_t kBodyBytesMax = 64 * 1024;

// How long an idempotency key is remembered.
inline constexpr Millis kIdempotencyRetention = Millis{7} * 24 * 3600 * 1000;
// How long a memo stays in the trash before it is purged.
inline constexpr Millis kTrashRetention = Millis{30} * 24 * 3600 * 1000;

}  // namespace scv::memo

#endif  // SCV_MEMO_DOMAIN_MEMO_LIMITS_H_
