// What the pieces of a plan share while it is computed.
#ifndef SCV_CONTROL_LAB_PLAN_CONTEXT_H_
#define SCV_CONTROL_LAB_PLAN_CONTEXT_H_

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/address_book.h"
#include "control/lab_plan.h"
#include "control/lab_plan_index.h"

namespace scv::control {

// Something with an interface in a subnet: an instance, a load balancer's node, a database.
struct PlannedHost {
  lab::PartKey key;
  lab::InterfaceSpec interface;
  std::string zone;
  std::vector<std::string> groups;  // security groups, ordered
  std::string public_address;       // "": none
};

struct PlanContext {
  const StateIndex& index;
  const Environment& environment;
  AddressBook& book;
  LabPlan& plan;
  std::set<std::string> elastic_addresses;  // of every aws_eip

  std::map<const aws::Resource*, std::vector<lab::PartKey>> links;

  void Link(const aws::View& view, lab::PartKey key) {
    links[view.resource].push_back(std::move(key));
  }
  void Link(const aws::View& view, const std::vector<lab::PartKey>& keys) {
    auto& known = links[view.resource];
    known.insert(known.end(), keys.begin(), keys.end());
  }
  // The first reason stays.
  void Missing(const aws::View& view, std::string why) {
    if (!view.deleting()) plan.missing.emplace(view.resource->key, std::move(why));
  }
  void NotHonoured(const aws::View& view, std::string why) {
    if (!view.deleting()) plan.not_honoured.emplace(view.resource->key, std::move(why));
  }
  void Add(lab::PartKey key, lab::Spec spec, std::vector<lab::PartKey> needs, std::string reason) {
    plan.parts.push_back({std::move(key), std::move(spec), std::move(needs), std::move(reason)});
  }
};

lab::PartKey InternetKey();
lab::PartKey PublicNameServerKey();
// What the internet sees, and what a VPC sees.
lab::PartKey NamesKey();
lab::PartKey NamesKey(std::string_view region, std::string_view vpc);
lab::PartKey RouterKey(std::string_view region, std::string_view vpc);
lab::PartKey NameServerKey(std::string_view region, std::string_view vpc);

// The resolver of a VPC: its base address plus two.
std::string ResolverOf(const aws::Vpc& vpc);

// "eni-0…", the same for the same owner.
std::string InterfaceIdOf(std::string_view owner);

// An interface in `subnet` for `owner`, at a fixed address if there is one. Its address is empty
// when the subnet is full.
lab::InterfaceSpec PlanInterface(PlanContext& context, const aws::Subnet& subnet,
                                 std::string_view owner, std::string_view interface_id,
                                 std::string_view fixed_address);

// Security groups, ordered and each once; the VPC's default group where none is given.
std::vector<std::string> GroupsOrDefault(const RegionIndex& region, std::string_view vpc_id,
                                         std::vector<std::string> groups);

// Memory and CPU of an instance type or DB instance class, at the lab's size. {}: unknown type.
lab::Limits LimitsOf(std::string_view instance_type);

}  // namespace scv::control

#endif  // SCV_CONTROL_LAB_PLAN_CONTEXT_H_
