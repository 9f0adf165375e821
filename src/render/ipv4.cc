#include "render/ipv4.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace scv::render {
namespace {

// A decimal number up to `max` without sign or leading zero, which is the whole text.
std::optional<std::uint32_t> ParseNumber(std::string_view text, std::uint32_t max) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text.front() == '0')) return {};
  std::uint32_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end || value > max) return {};
  return value;
}

Ipv4 MaskOf(int length) { return length == 0 ? 0 : ~Ipv4{0} << (32 - length); }

}  // namespace

Result<Ipv4> ParseIpv4(std::string_view text) {
  Ipv4 address = 0;
  std::string_view rest = text;
  for (int i = 0; i < 4; ++i) {
    const std::size_t dot = i < 3 ? rest.find('.') : rest.size();
    const auto part = dot == rest.npos ? std::nullopt : ParseNumber(rest.substr(0, dot), 255);
    if (!part) return Fail(ErrorKind::kInvalid, "not an IPv4 address (such as 10.0.0.1)");
    address = address << 8 | *part;
    rest.remove_prefix(i < 3 ? dot + 1 : dot);
  }
  return address;
}

Result<Ipv4Prefix> ParseIpv4Prefix(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto length = slash == text.npos ? std::nullopt : ParseNumber(text.substr(slash + 1), 32);
  if (!length) return Fail(ErrorKind::kInvalid, "not an IPv4 prefix (such as 10.0.0.0/16)");
  SCV_ASSIGN(const Ipv4 address, ParseIpv4(text.substr(0, slash)));
  return Ipv4Prefix{address, static_cast<int>(*length)};
}

Ipv4Prefix NetworkOf(Ipv4Prefix prefix) {
  return {prefix.address & MaskOf(prefix.length), prefix.length};
}

bool Contains(Ipv4Prefix prefix, Ipv4 address) {
  return ((prefix.address ^ address) & MaskOf(prefix.length)) == 0;
}

std::string ToText(Ipv4 address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255,
                     address & 255);
}

std::string ToText(Ipv4Prefix prefix) {
  return fmt::format("{}/{}", ToText(NetworkOf(prefix).address), prefix.length);
}

}  // namespace scv::render
