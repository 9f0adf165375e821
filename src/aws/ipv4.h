// IPv4 addresses and prefixes as numbers, in host byte order.
#ifndef SCV_AWS_IPV4_H_
#define SCV_AWS_IPV4_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace scv::aws {

// "10.0.1.5": four decimal numbers without leading zeros, nothing else.
std::optional<std::uint32_t> ParseAddress(std::string_view text);
std::string FormatAddress(std::uint32_t address);

struct Prefix {
  std::uint32_t base = 0;  // host bits are zero
  int length = 0;          // 0 to 32
  auto operator<=>(const Prefix&) const = default;
};

// "10.0.0.0/16". Host bits that are set are cleared, as EC2 does it. nullopt: no prefix.
std::optional<Prefix> ParsePrefix(std::string_view text);
std::string FormatPrefix(const Prefix& prefix);

std::uint32_t LastAddress(const Prefix& prefix);
bool Contains(const Prefix& prefix, std::uint32_t address);
bool Contains(const Prefix& outer, const Prefix& inner);
bool Overlap(const Prefix& a, const Prefix& b);

// The address at `offset` of a prefix in text; "": no prefix, or the offset is beyond its end.
std::string AddressAt(std::string_view prefix, std::uint32_t offset);

}  // namespace scv::aws

#endif  // SCV_AWS_IPV4_H_
