// IPv4 addresses and prefixes as numbers: what comes in as text is parsed strictly and written
// again, so that nothing else ever reaches a configuration or the kernel.
#ifndef SCV_RENDER_IPV4_H_
#define SCV_RENDER_IPV4_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace scv::render {

using Ipv4 = std::uint32_t;  // in host byte order: 10.0.0.1 is 0x0a000001

// An address with the length of its network's prefix; the bits after the prefix are kept.
struct Ipv4Prefix {
  Ipv4 address = 0;
  int length = 32;
  auto operator<=>(const Ipv4Prefix&) const = default;
};

// Four decimal numbers without leading zeros. kInvalid otherwise.
Result<Ipv4> ParseIpv4(std::string_view text);

// "address/length". kInvalid otherwise.
Result<Ipv4Prefix> ParseIpv4Prefix(std::string_view text);

// The prefix without the bits after it.
Ipv4Prefix NetworkOf(Ipv4Prefix prefix);
bool Contains(Ipv4Prefix prefix, Ipv4 address);

std::string ToText(Ipv4 address);
// The network, as in "10.0.1.0/24".
std::string ToText(Ipv4Prefix prefix);

}  // namespace scv::render

#endif  // SCV_RENDER_IPV4_H_
