// Collects records into zones, with what every zone has (SOA, NS), and resolves aliases.
#ifndef SCV_CONTROL_NAMES_PLAN_ZONES_H_
#define SCV_CONTROL_NAMES_PLAN_ZONES_H_

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/views_names.h"
#include "control/pace.h"
#include "lab/parts.h"

namespace scv::control {

class Zones {
 public:
  explicit Zones(const Pace& pace) : pace_(pace) {}

  // The first record of a name and type stays. `ttl` in seconds at AWS's pace; values as Terraform
  // has them.
  void Add(std::string_view zone, const std::string& name, const std::string& type, int ttl,
           std::vector<std::string> values);
  // Addresses of a name that AWS gave out: in the zone amazonaws.com where it belongs there, else
  // in the zone of its parent.
  void AddAws(const std::string& name, int ttl, std::vector<std::string> addresses);
  // A record that takes over what `target` has of the same type, whatever zone that is in.
  void AddAlias(std::string_view zone, const std::string& name, const std::string& type,
                const std::string& target, const aws::Resource* resource);
  void AddHostedZone(const aws::HostedZone& zone);

  // All zones; and the aliases for addresses (A) that lead nowhere.
  std::pair<lab::NamesSpec, std::vector<std::pair<const aws::Resource*, std::string>>> Done();

 private:
  using RecordKey = std::pair<std::string, std::string>;  // name, type
  struct Alias {
    std::string zone, target;
    const aws::Resource* resource = nullptr;
  };

  const lab::RecordSpec* Resolve(const RecordKey& key, int depth);
  void AddApex(const std::string& zone, const std::vector<std::string>& name_servers);
  int Scaled(int seconds) const;

  Pace pace_;
  std::map<RecordKey, lab::RecordSpec> records_;
  std::map<RecordKey, std::string> zone_of_;
  std::map<RecordKey, Alias> aliases_;
  std::map<std::string, std::vector<std::string>> name_servers_;  // hosted zone → its own
};

// TXT and SPF values get their quotes, names in values their final dot.
std::string ZoneFileValue(std::string_view type, std::string_view value);

}  // namespace scv::control

#endif  // SCV_CONTROL_NAMES_PLAN_ZONES_H_
