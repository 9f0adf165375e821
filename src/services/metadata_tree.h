// What instance metadata says of one instance, as a tree of texts. Pure.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html
#ifndef SCV_SERVICES_METADATA_TREE_H_
#define SCV_SERVICES_METADATA_TREE_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "services/credentials.h"

namespace scv::services {

struct InstanceFacts {
  std::string id, region, zone, address, hostname, mac, instance_type, image_id;
  std::string role;         // "": no instance profile
  std::string profile_arn;  // of the instance profile
  std::string user_data;    // decoded; "": none
  std::string public_address;
  std::string subnet_id, vpc_id, subnet_cidr, vpc_cidr, interface_id;
  std::map<std::string, std::string> tags;
  bool tags_in_metadata = true;  // metadata_options.instance_metadata_tags
  Millis launched_at = 0;
  std::vector<std::string> security_groups;     // names
  std::vector<std::string> security_group_ids;  // sg-…
};

// The text at a path under /latest/ ("meta-data/placement/region"), or the list of what is under a
// directory. nullopt: there is nothing. `key` is what the role's credentials are now.
std::optional<std::string> MetadataAt(const InstanceFacts& facts, const AccessKey& key,
                                      std::string_view path);

}  // namespace scv::services

#endif  // SCV_SERVICES_METADATA_TREE_H_
