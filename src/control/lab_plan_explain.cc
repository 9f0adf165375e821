#include "control/lab_plan_explain.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "control/lab_plan.h"

namespace scv::control {
namespace {

// Collects what differs, as a list in words.
class Differences {
 public:
  template <typename T>
  void Compare(const T& before, const T& after, std::string_view name) {
    if (!(before == after)) Say(std::string(name));
  }
  // Entries that came and went.
  void CompareSets(const std::set<std::string>& before, const std::set<std::string>& after,
                   const std::string& name) {
    int added = 0;
    int removed = 0;
    for (const auto& entry : after) added += before.contains(entry) ? 0 : 1;
    for (const auto& entry : before) removed += after.contains(entry) ? 0 : 1;
    if (added > 0) Say(std::to_string(added) + ' ' + name + (added > 1 ? "s" : "") + " added");
    if (removed > 0) Say(std::to_string(removed) + ' ' + name + (removed > 1 ? "s" : "") + " gone");
  }
  void Say(const std::string& what) { text_ += (text_.empty() ? "" : ", ") + what; }
  std::string Text() const { return text_; }

 private:
  std::string text_;
};

void CompareFirewalls(const lab::FirewallSpec& a, const lab::FirewallSpec& b, Differences& out) {
  if (a.ingress != b.ingress || a.egress != b.egress) {
    out.Say("security group rules");
  } else {
    out.Compare(a.members, b.members, "members of security groups");
  }
}

std::set<std::string> TargetsOf(const lab::LoadBalancerNodeSpec& spec, bool draining) {
  std::set<std::string> targets;
  for (const auto& group : spec.target_groups) {
    for (const auto& target : group.targets) {
      if (target.draining == draining) targets.insert(group.name + ' ' + target.id);
    }
  }
  return targets;
}

void CompareSpecs(const lab::InternetSpec& a, const lab::InternetSpec& b, Differences& out) {
  out.Compare(a.endpoint_addresses, b.endpoint_addresses, "AWS endpoints");
}

void CompareSpecs(const lab::RouterSpec& a, const lab::RouterSpec& b, Differences& out) {
  std::map<std::string, const lab::SubnetSpec*> before;
  std::set<std::string> ids_before;
  std::set<std::string> ids_after;
  for (const auto& subnet : a.subnets) {
    before.emplace(subnet.id, &subnet);
    ids_before.insert(subnet.id);
  }
  bool routes = false;
  for (const auto& subnet : b.subnets) {
    ids_after.insert(subnet.id);
    const auto found = before.find(subnet.id);
    routes |= found != before.end() && found->second->routes != subnet.routes;
  }
  out.CompareSets(ids_before, ids_after, "subnet");
  if (routes) out.Say("routes");
  out.Compare(a.internet_gateway, b.internet_gateway, "internet gateway");
  out.Compare(a.nat_addresses, b.nat_addresses, "NAT gateways");
  out.Compare(a.public_addresses, b.public_addresses, "public addresses");
  out.Compare(a.peers, b.peers, "peers");
}

void CompareSpecs(const lab::NameServerSpec& a, const lab::NameServerSpec& b, Differences& out) {
  out.Compare(a.address, b.address, "address");
}

void CompareSpecs(const lab::NamesSpec& a, const lab::NamesSpec& b, Differences& out) {
  std::set<std::string> before;
  std::set<std::string> after;
  for (const auto* side : {&a, &b}) {
    for (const auto& [zone, records] : side->zones) {
      for (const auto& record : records) {
        auto text = record.name + ' ' + record.type;
        for (const auto& value : record.values) text += ' ' + value;
        (side == &a ? before : after).insert(std::move(text));
      }
    }
  }
  out.CompareSets(before, after, "record");
}

void CompareSpecs(const lab::CertificateSpec& a, const lab::CertificateSpec& b, Differences& out) {
  out.Compare(a.names, b.names, "names");
}

void CompareSpecs(const lab::WideAreaSpec& a, const lab::WideAreaSpec& b, Differences& out) {
  out.Compare(a.delay, b.delay, "delay");
  out.Compare(a.loss_percent, b.loss_percent, "loss");
  out.Compare(a.a, b.a, "first end");
  out.Compare(a.b, b.b, "second end");
}

void CompareSpecs(const lab::EndpointCheckSpec& a, const lab::EndpointCheckSpec& b,
                  Differences& out) {
  out.Compare(a, b, "probe");
}

void CompareSpecs(const lab::DatabaseSpec& a, const lab::DatabaseSpec& b, Differences& out) {
  out.Compare(a.role, b.role, "role in the replication");
  CompareFirewalls(a.firewall, b.firewall, out);
  out.Compare(a.interface, b.interface, "network interface");
  out.Compare(a.parameters, b.parameters, "parameters");
  out.Compare(a.master_password_hash, b.master_password_hash, "master password");
  out.Compare(a.port, b.port, "port");
  out.Compare(a.endpoint, b.endpoint, "endpoint");
  out.Compare(a.limits, b.limits, "size");
}

void CompareSpecs(const lab::LoadBalancerNodeSpec& a, const lab::LoadBalancerNodeSpec& b,
                  Differences& out) {
  CompareFirewalls(a.firewall, b.firewall, out);
  out.Compare(a.interface, b.interface, "network interface");
  out.Compare(a.listeners, b.listeners, "listeners");
  out.CompareSets(TargetsOf(a, false), TargetsOf(b, false), "target");
  out.CompareSets(TargetsOf(a, true), TargetsOf(b, true), "draining target");
  auto settings = b;
  settings.firewall = a.firewall;
  settings.interface = a.interface;
  settings.listeners = a.listeners;
  settings.target_groups = a.target_groups;
  out.Compare(a, settings, "attributes");
  auto groups = b.target_groups;
  for (std::size_t i = 0; i < groups.size() && i < a.target_groups.size(); ++i) {
    groups[i].targets = a.target_groups[i].targets;
  }
  out.Compare(a.target_groups, groups, "target groups");
}

void CompareSpecs(const lab::InstanceSpec& a, const lab::InstanceSpec& b, Differences& out) {
  CompareFirewalls(a.firewall, b.firewall, out);
  out.Compare(a.interface, b.interface, "network interface");
  out.Compare(a.user_data, b.user_data, "user data");
  out.Compare(a.limits, b.limits, "size");
}

void CompareSpecs(const lab::DoorSpec& a, const lab::DoorSpec& b, Differences& out) {
  out.Compare(a, b, "address");
}

}  // namespace

std::string Describe(const lab::PartKey& key) {
  std::string text = "the ";
  text += lab::Name(key.kind);
  switch (key.kind) {
    case lab::PartKind::kNames:
      return key.name.empty() ? text : text + " that " + key.name + " sees";
    case lab::PartKind::kInternet:
    case lab::PartKind::kDoor:
      return text;
    default:
      return text + ' ' + key.name;
  }
}

std::string WhatDiffers(const lab::Spec& before, const lab::Spec& after) {
  Differences differences;
  std::visit(
      [&](const auto& a) {
        const auto* b = std::get_if<std::remove_cvref_t<decltype(a)>>(&after);
        if (b != nullptr) CompareSpecs(a, *b, differences);
      },
      before);
  auto text = differences.Text();
  if (!text.empty()) return text;
  return before == after ? "nothing" : "settings";
}

std::vector<std::string> Explain(const LabPlan& before, const LabPlan& after) {
  std::vector<std::string> sentences;
  for (const auto& part : after.parts) {
    const auto* old = before.Find(part.key);
    if (old == nullptr) {
      sentences.push_back("makes " + Describe(part.key) + ": " + part.reason);
    } else if (!(old->spec == part.spec)) {
      sentences.push_back("changes " + Describe(part.key) + ": " +
                          WhatDiffers(old->spec, part.spec));
    }
  }
  for (auto part = before.parts.rbegin(); part != before.parts.rend(); ++part) {
    if (after.Find(part->key) == nullptr) {
      sentences.push_back("takes down " + Describe(part->key) + ": nothing wants it any more");
    }
  }
  const auto waits = [&](const auto& reasons, std::string_view verb) {
    for (const auto& [key, why] : reasons) {
      sentences.push_back(key.type + ' ' + key.id + std::string(verb) + why);
    }
  };
  waits(after.missing, " waits: ");
  waits(after.not_honoured, " is recorded only: ");
  return sentences;
}

}  // namespace scv::control
