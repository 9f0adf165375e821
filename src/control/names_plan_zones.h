// Collects the records that are seen at one place into zones, with what every zone has (SOA, NS),
// chooses among records with a routing policy, and resolves aliases.
#ifndef SCV_CONTROL_NAMES_PLAN_ZONES_H_
#define SCV_CONTROL_NAMES_PLAN_ZONES_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/views_names.h"
#include "control/names_plan_routing.h"
#include "control/pace.h"
#include "lab/parts.h"

namespace scv::control {

// Copyable: places share what they have in common. What is given to it by reference outlives it.
class Zones {
 public:
  Zones(const Pace& pace, const std::set<std::string>& unhealthy_checks)
      : pace_(pace), unhealthy_checks_(&unhealthy_checks) {}

  // A name that is not Route 53's customer's. The first record of a name and type stays. `ttl` in
  // seconds at AWS's pace; values as Terraform has them. `healthy`: for aliases that ask.
  void Add(std::string_view zone, const std::string& name, const std::string& type, int ttl,
           std::vector<std::string> values, bool healthy = true);
  // Addresses of a name that AWS gave out: in the zone amazonaws.com where it belongs there, else
  // in the zone of its parent.
  void AddAws(const std::string& name, int ttl, std::vector<std::string> addresses,
              bool healthy = true);

  // The names of two zones may overlap ("scv.localhost", "internal.scv.localhost"); as with every
  // name server, the longer zone has a name.
  void AddHostedZone(const aws::HostedZone& zone);
  // A record of a zone that was added. An alias takes over what its target has of the same type,
  // whatever zone that is in.
  void AddRecord(const aws::HostedZone& zone, const aws::DnsRecord& record);

  // All zones; and the aliases for addresses (A) that lead nowhere.
  using Unresolved = std::vector<std::pair<const aws::Resource*, std::string>>;
  std::pair<lab::NamesSpec, Unresolved> Done();

 private:
  using RecordKey = std::pair<std::string, std::string>;  // name, type
  struct Set {
    std::string zone;
    std::vector<const aws::DnsRecord*> records;
  };

  // The zone with the longest name that `name` is in, among the hosted ones.
  std::string_view HostedZoneOf(std::string_view name) const;
  const NameAnswer* Resolve(const RecordKey& key, int depth);
  std::optional<NameAnswer> AnswerOf(const aws::DnsRecord& record, int depth);
  void AddApex(const std::string& zone, const std::vector<std::string>& name_servers);
  int Scaled(int seconds) const;
  void Put(lab::NamesSpec& names, const std::string& zone, const RecordKey& key,
           const NameAnswer& answer) const;

  Pace pace_;
  const std::set<std::string>* unhealthy_checks_;
  std::map<RecordKey, NameAnswer> answers_;  // of Add()
  std::map<RecordKey, std::string> zone_of_;
  std::map<RecordKey, Set> sets_;
  std::map<RecordKey, std::optional<NameAnswer>> chosen_;         // of sets_; nothing: in work
  std::map<std::string, std::vector<std::string>> name_servers_;  // hosted zone → its own
};

// TXT and SPF values get their quotes, names in values their final dot.
std::string ZoneFileValue(std::string_view type, std::string_view value);

}  // namespace scv::control

#endif  // SCV_CONTROL_NAMES_PLAN_ZONES_H_
