#include "base/time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace scv {
namespace {

constexpr Millis kMinMillis = -62167219200000;  // 0000-01-01T00:00:00.000Z
constexpr Millis kMaxMillis = 253402300799999;  // 9999-12-31T23:59:59.999Z

void AppendDigits(std::string& out, unsigned value, int width) {
  std::array<char, 8> digits{};
  for (int i = width - 1; i >= 0; --i) {
    digits[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(digits.data(), static_cast<std::size_t>(width));
}

// Consumes exactly `width` digits.
std::optional<int> TakeDigits(std::string_view& text, std::size_t width) {
  if (text.size() < width) return std::nullopt;
  int value = 0;
  for (char c : text.substr(0, width)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool Take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// The fraction after the seconds, in milliseconds; further digits are read and dropped.
std::optional<int> TakeFraction(std::string_view& text) {
  if (!Take(text, '.')) return 0;
  int millis = 0;
  int scale = 100;
  std::size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9') {
    millis += (text[count] - '0') * scale;
    scale /= 10;
    ++count;
  }
  if (count == 0 || count > 9) return std::nullopt;
  text.remove_prefix(count);
  return millis;
}

// The zone's offset from UTC in minutes.
std::optional<int> TakeOffset(std::string_view& text) {
  if (Take(text, 'Z') || Take(text, 'z')) return 0;
  const int sign = Take(text, '+') ? 1 : Take(text, '-') ? -1 : 0;
  if (sign == 0) return std::nullopt;
  const auto hours = TakeDigits(text, 2);
  if (!hours || !Take(text, ':')) return std::nullopt;
  const auto minutes = TakeDigits(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return sign * (*hours * 60 + *minutes);
}

// "2026-11-22T". Times that are written together mostly share their day.
std::string_view DatePart(std::chrono::sys_days day) {
  thread_local std::chrono::sys_days last = std::chrono::sys_days::max();
  thread_local std::string text;
  if (day == last) return text;
  const std::chrono::year_month_day date{day};
  text.clear();
  AppendDigits(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  text += '-';
  AppendDigits(text, static_cast<unsigned>(date.month()), 2);
  text += '-';
  AppendDigits(text, static_cast<unsigned>(date.day()), 2);
  text += 'T';
  last = day;
  return text;
}

}  // namespace

Millis WallClockMillis() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void AppendRfc3339(Millis t, std::string& out) {
  t = std::clamp(t, kMinMillis, kMaxMillis);
  const std::chrono::sys_time<std::chrono::milliseconds> instant{std::chrono::milliseconds(t)};
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::hh_mm_ss time{instant - day};
  out += DatePart(day);
  AppendDigits(out, static_cast<unsigned>(time.hours().count()), 2);
  out += ':';
  AppendDigits(out, static_cast<unsigned>(time.minutes().count()), 2);
  out += ':';
  AppendDigits(out, static_cast<unsigned>(time.seconds().count()), 2);
  out += '.';
  AppendDigits(out, static_cast<unsigned>(time.subseconds().count()), 3);
  out += 'Z';
}

std::string FormatRfc3339(Millis t) {
  std::string out;
  AppendRfc3339(t, out);
  return out;
}

std::optional<Millis> ParseRfc3339(std::string_view text) {
  const auto year = TakeDigits(text, 4);
  if (!year || !Take(text, '-')) return std::nullopt;
  const auto month = TakeDigits(text, 2);
  if (!month || !Take(text, '-')) return std::nullopt;
  const auto day = TakeDigits(text, 2);
  if (!day || !(Take(text, 'T') || Take(text, 't'))) return std::nullopt;
  const auto hour = TakeDigits(text, 2);
  if (!hour || !Take(text, ':')) return std::nullopt;
  const auto minute = TakeDigits(text, 2);
  if (!minute || !Take(text, ':')) return std::nullopt;
  const auto second = TakeDigits(text, 2);
  if (!second) return std::nullopt;
  const auto millis = TakeFraction(text);
  if (!millis) return std::nullopt;
  const auto offset = TakeOffset(text);
  if (!offset || !text.empty()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  // A leap second is written as :60; it is the same instant as the following :00 here.
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch();
  const Millis day_millis = std::chrono::duration_cast<std::chrono::milliseconds>(days).count();
  return day_millis + ((*hour * 60 + *minute - *offset) * 60 + *second) * Millis{1000} + *millis;
}

std::string FormatHttpDate(Millis t) {
  const std::time_t seconds = static_cast<std::time_t>(t / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  // Not strftime's %a and %b: those follow the locale.
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::string out = kDays[static_cast<std::size_t>(parts.tm_wday)];
  out += ", ";
  AppendDigits(out, static_cast<unsigned>(parts.tm_mday), 2);
  out += ' ';
  out += kMonths[static_cast<std::size_t>(parts.tm_mon)];
  out += ' ';
  AppendDigits(out, static_cast<unsigned>(parts.tm_year + 1900), 4);
  out += ' ';
  AppendDigits(out, static_cast<unsigned>(parts.tm_hour), 2);
  out += ':';
  AppendDigits(out, static_cast<unsigned>(parts.tm_min), 2);
  out += ':';
  AppendDigits(out, static_cast<unsigned>(parts.tm_sec), 2);
  out += " GMT";
  return out;
}

}  // namespace scv
