// Where the lab's clients are, for geolocation routing: a small table in place of the databases
// that map the real Internet. Only networks that are reserved for documentation (RFC 5737, RFC
// 3849) are in it, the lab's own internet among them; every other client is nowhere and gets the
// default.
#ifndef SCV_LAB_GEOGRAPHY_H_
#define SCV_LAB_GEOGRAPHY_H_

#include <array>
#include <string_view>

namespace scv::lab {

struct Locality {
  std::string_view prefix;     // of addresses; each in one locality only
  std::string_view country;    // ISO 3166-1 alpha-2
  std::string_view continent;  // as Route 53 names them: AF, AN, AS, EU, NA, OC, SA
};

inline constexpr std::array kGeography{
    Locality{"198.51.100.0/25", "KR", "AS"},  // the lab's own client, 198.51.100.1, is here
    Locality{"198.51.100.128/25", "JP", "AS"}, Locality{"2001:db8:82::/48", "KR", "AS"},
    Locality{"2001:db8:81::/48", "JP", "AS"},  Locality{"2001:db8:65::/48", "SG", "AS"},
    Locality{"2001:db8:1::/48", "US", "NA"},   Locality{"2001:db8:49::/48", "DE", "EU"},
};

// "KR" → "AS"; "" for a country that is not in the table.
constexpr std::string_view ContinentOf(std::string_view country) {
  for (const auto& locality : kGeography) {
    if (locality.country == country) return locality.continent;
  }
  return "";
}

// How RecordSpec::by_location names a continent.
inline constexpr std::string_view kContinentPrefix = "continent:";

}  // namespace scv::lab

#endif  // SCV_LAB_GEOGRAPHY_H_
