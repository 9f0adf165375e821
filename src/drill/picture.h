// What a drill needs to know of the lab: read from the daemon's GET /v1/status. Pure.
#ifndef SCV_DRILL_PICTURE_H_
#define SCV_DRILL_PICTURE_H_

#include <boost/json/object.hpp>
#include <string>
#include <vector>

namespace scv::drill {

struct Picture {
  struct Instance {
    std::string id, fleet, region, zone;
    bool serving = false;  // in service and healthy
  };
  struct DatabaseNode {
    std::string node;  // the part's name: scv-memo, scv-memo/2
    std::string region, zone;
    std::string role;  // "primary", "standby", "replica", "fenced"
    bool running = false;
  };
  std::string pace;
  std::vector<std::string> regions;
  std::vector<Instance> instances;
  std::vector<DatabaseNode> databases;
  std::string writer_region;  // where writes are taken; with one region: that
  // Everything that is wanted stands, serves and is redundant; otherwise `missing` says what not.
  bool whole = false;
  std::string missing;

  const DatabaseNode* FindRole(std::string_view role) const;
};

Picture ReadPicture(const boost::json::object& status);

}  // namespace scv::drill

#endif  // SCV_DRILL_PICTURE_H_
