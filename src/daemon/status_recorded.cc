#include "daemon/status_recorded.h"

#include <boost/json/object.hpp>
#include <string>

namespace scv::daemon {

boost::json::array RecordedTypes(const std::map<aws::ResourceKey, Progress>& progress) {
  std::map<std::string, std::size_t> counts;
  for (const auto& [key, found] : progress) {
    if (found.status == aws::Status::kRecorded) ++counts[key.type];
  }
  boost::json::array types;
  for (const auto& [type, count] : counts) types.push_back({{"type", type}, {"count", count}});
  return types;
}

}  // namespace scv::daemon
