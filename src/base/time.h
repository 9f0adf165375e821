// Wall-clock instants as stored and shown, in milliseconds since the Unix epoch (UTC).
#ifndef SCV_BASE_TIME_H_
#define SCV_BASE_TIME_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scv {

using Millis = std::int64_t;

// The system clock, now. Pure rooms never call this: they are given the time.
Millis WallClockMillis();

// RFC 3339 with milliseconds, "2026-11-22T06:00:00.123Z": always 24 characters for the years
// 0000-9999, which are the only ones representable here (others are clamped).
std::string FormatRfc3339(Millis t);
void AppendRfc3339(Millis t, std::string& out);

// Parses the form above, with optional fraction (digits past milliseconds are cut off) and with
// "Z" or a numeric offset. nullopt: not such a time.
std::optional<Millis> ParseRfc3339(std::string_view text);

// IMF-fixdate (RFC 9110 5.6.7), for the Date header.
std::string FormatHttpDate(Millis t);

}  // namespace scv

#endif  // SCV_BASE_TIME_H_
