#include "aws/ipv4.h"

#include <charconv>

namespace scv::aws {
namespace {

std::uint32_t Mask(int length) { return length == 0 ? 0 : ~std::uint32_t{0} << (32 - length); }

// A decimal number up to `most`, without leading zeros or signs.
std::optional<std::uint32_t> ParseNumber(std::string_view text, std::uint32_t most) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text.front() == '0')) return {};
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > most) return {};
  return number;
}

}  // namespace

std::optional<std::uint32_t> ParseAddress(std::string_view text) {
  std::uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    const auto dot = part < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return {};
    const auto number = ParseNumber(text.substr(0, dot), 255);
    if (!number) return {};
    address = address << 8 | *number;
    text.remove_prefix(part < 3 ? dot + 1 : dot);
  }
  return address;
}

std::string FormatAddress(std::uint32_t address) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += std::to_string(address >> shift & 255);
    if (shift > 0) text += '.';
  }
  return text;
}

std::optional<Prefix> ParsePrefix(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  const auto address = ParseAddress(text.substr(0, slash));
  const auto length = ParseNumber(text.substr(slash + 1), 32);
  if (!address || !length) return {};
  const int bits = static_cast<int>(*length);
  return Prefix{.base = *address & Mask(bits), .length = bits};
}

std::string FormatPrefix(const Prefix& prefix) {
  return FormatAddress(prefix.base) + '/' + std::to_string(prefix.length);
}

std::uint32_t LastAddress(const Prefix& prefix) { return prefix.base | ~Mask(prefix.length); }

bool Contains(const Prefix& prefix, std::uint32_t address) {
  return (address & Mask(prefix.length)) == prefix.base;
}

bool Contains(const Prefix& outer, const Prefix& inner) {
  return outer.length <= inner.length && Contains(outer, inner.base);
}

bool Overlap(const Prefix& a, const Prefix& b) { return Contains(a, b) || Contains(b, a); }

std::string AddressAt(std::string_view prefix, std::uint32_t offset) {
  const auto parsed = ParsePrefix(prefix);
  if (!parsed || offset > LastAddress(*parsed) - parsed->base) return {};
  return FormatAddress(parsed->base + offset);
}

}  // namespace scv::aws
