// From AWS's resources to the lab's parts: which namespaces, processes, names and certificates
// should stand so that what Terraform has written down is true on this machine. Pure; the same
// input gives the same plan, whatever the order of the records and registrations.
#ifndef SCV_CONTROL_LAB_PLAN_H_
#define SCV_CONTROL_LAB_PLAN_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "aws/resource.h"
#include "control/address_book.h"
#include "control/database.h"
#include "control/instance_record.h"
#include "control/pace.h"
#include "control/registration.h"
#include "lab/parts.h"

namespace scv::control {

// What a plan depends on besides the desired state.
struct Environment {
  // Of the health checks, delays and times to live.
  Pace pace;

  // Fixed addressing. The public networks are those reserved for documentation (RFC 5737), so that
  // nothing real is ever shadowed; the uplinks come from RFC 6598.
  std::string client = "198.51.100.1/24";
  std::string name_server = "192.0.2.53";
  // Region → its number from 1: its endpoints are 192.0.2.(10+R), its uplinks 100.64.R.0/24.
  // RegionIndexes() makes it.
  std::map<std::string, int> regions;

  // What DecideDatabase() decided: the role of every node, and which node a site's endpoint leads
  // to.
  std::map<lab::PartKey, lab::DatabaseRole> database_roles;
  std::map<std::string, lab::PartKey> database_endpoints;

  // Route 53's health checks that fail, and load balancer nodes that cannot be reached: what names
  // lead elsewhere.
  std::set<std::string> unhealthy_checks;
  std::set<lab::PartKey> dark_nodes;

  // ARNs of the certificates whose proof is served (ValidatedCertificates()). The book remembers
  // them, so that they stay issued when the names are down or not made yet.
  std::set<std::string> validated_certificates;
};

// ap-northeast-2 is 1, ap-northeast-1 is 2; other regions that the state mentions follow, and keep
// the number that `before` gave them.
std::map<std::string, int> RegionIndexes(const aws::DesiredState& state,
                                         std::map<std::string, int> before = {});

// "192.0.2.11" for the region with index 1.
std::string EndpointAddress(int region_index);

struct LabPlan {
  std::vector<lab::Part> parts;  // by key, each key once
  using Keys = std::shared_ptr<const std::vector<lab::PartKey>>;
  // Resource → the parts that its attributes shape; keys that `parts` does not have stand for parts
  // that must go with it. Resources being deleted are here too.
  std::map<aws::ResourceKey, Keys> parts_of;
  // Resources that wait for something, and those that the lab cannot honour; with the reason, in
  // words.
  std::map<aws::ResourceKey, std::string> missing;
  std::map<aws::ResourceKey, std::string> not_honoured;
  // What replicates from what; input of DecideDatabase().
  std::vector<DatabaseCluster> databases;
  // Target group ARN → the load balancer nodes that serve it.
  std::map<std::string, std::vector<lab::PartKey>> target_group_nodes;
  std::uint64_t state_revision = 0;

  const lab::Part* Find(const lab::PartKey& key) const;
};

// Resources being deleted are treated as if they were gone; records of terminated instances too.
// `book` gains what is new and loses what nothing in the state or the records uses any more.
// Takes about 3 ms for a region with ten instances (bench in lab_plan_test.cc).
LabPlan Compile(const aws::DesiredState& state, const std::vector<InstanceRecord>& records,
                const std::vector<Registration>& registrations, const Environment& environment,
                AddressBook& book);

// What would change in the lab, for people: "makes the load balancer node front/ap-northeast-2a:
// aws_lb front".
std::vector<std::string> Explain(const LabPlan& before, const LabPlan& after);

}  // namespace scv::control

#endif  // SCV_CONTROL_LAB_PLAN_H_
