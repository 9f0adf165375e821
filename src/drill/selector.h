// Which part, zone or region of the lab a scenario means: words that are looked up in the picture
// of the moment, or "named X". Pure.
#ifndef SCV_DRILL_SELECTOR_H_
#define SCV_DRILL_SELECTOR_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "drill/picture.h"

namespace scv::drill {

inline constexpr std::string_view kPartSelectors =
    "primary, standby, replica, any was instance, any web instance, name server";
inline constexpr std::string_view kZoneSelectors =
    "zone of the primary, zone of the standby, any zone";
inline constexpr std::string_view kRegionSelectors = "primary region, other region";

bool IsPartSelector(std::string_view text);
bool IsZoneSelector(std::string_view text);
bool IsRegionSelector(std::string_view text);

struct Zone {
  std::string region, zone;
};

// `chance` picks where several are meant. kNotFound: the lab has no such thing now.
Result<std::string> SelectPart(std::string_view selector, const Picture& picture,
                               std::uint64_t chance);
Result<Zone> SelectZone(std::string_view selector, const Picture& picture, std::uint64_t chance);
Result<std::string> SelectRegion(std::string_view selector, const Picture& picture);

}  // namespace scv::drill

#endif  // SCV_DRILL_SELECTOR_H_
