// Security groups: the firewall of an interface is the union of its groups' rules, and a group that
// a rule names stands for the addresses of all its members.
#ifndef SCV_CONTROL_NETWORK_PLAN_FIREWALL_H_
#define SCV_CONTROL_NETWORK_PLAN_FIREWALL_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "control/lab_plan_context.h"

namespace scv::control {

// The firewalls of one region. Valid as long as the index.
class Firewalls {
 public:
  Firewalls(const RegionIndex& region, const std::vector<PlannedHost>& hosts);

  // Of an interface with these groups in that VPC. Equal groups share the work.
  const lab::FirewallSpec& Of(const PlannedHost& host);

 private:
  lab::FirewallSpec Make(const PlannedHost& host) const;
  void AddRules(const std::string& group, lab::FirewallSpec& spec) const;
  std::vector<lab::FirewallRule> Expand(const aws::SecurityGroupRule& rule) const;

  const RegionIndex& region_;
  std::map<std::string, std::vector<const aws::SecurityGroupRule*>> rules_;
  std::map<std::string, std::set<std::string>> members_;
  std::map<std::vector<std::string>, lab::FirewallSpec> made_;
};

// Groups and their rules shape the parts of all members.
void LinkSecurityGroups(PlanContext& context, const RegionIndex& region,
                        const std::vector<PlannedHost>& hosts);

}  // namespace scv::control

#endif  // SCV_CONTROL_NETWORK_PLAN_FIREWALL_H_
