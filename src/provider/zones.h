// Availability zones of the regions that the lab knows, and of any other by AWS's naming.
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
#ifndef SCV_PROVIDER_ZONES_H_
#define SCV_PROVIDER_ZONES_H_

#include <string>
#include <string_view>
#include <vector>

namespace scv::provider {

struct Zone {
  std::string name;  // "ap-northeast-2a"
  std::string id;    // "apne2-az1"
};

// At least three, by name.
std::vector<Zone> ZonesOf(std::string_view region);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_ZONES_H_
