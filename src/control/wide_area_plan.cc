#include "control/wide_area_plan.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <variant>

#include "aws/ipv4.h"

namespace scv::control {
namespace {

// 100.65.0.0 to 100.127.255.255 (RFC 6598), behind the uplinks' 100.64.0.0/16: the second byte from
// one VPC's number, the third from the regions' numbers, the /30 from the other VPC's number.
constexpr int kFirstByte = 65, kLastByte = 127;
constexpr int kRegionsMost = 22;  // pairs of regions in a byte

// What joins two VPCs.
struct Path {
  std::vector<const aws::PeeringConnection*> peerings;
  std::vector<const ReplicationHosts*> hosts_a, hosts_b;
};
using Paths = std::map<std::pair<VpcEnd, VpcEnd>, Path>;

VpcEnd EndOf(const StateIndex& index, const std::string& region, const std::string& vpc) {
  const auto found = index.regions.find(region);
  return {found == index.regions.end() ? 0 : found->second.number, region, vpc};
}

const aws::Vpc* VpcOf(const StateIndex& index, const VpcEnd& end) {
  const auto region = index.regions.find(end.region);
  return region == index.regions.end() ? nullptr : Alive(region->second.vpcs, end.vpc_id);
}

std::set<std::string> Accepted(const StateIndex& index) {
  std::set<std::string> accepted;
  for (const auto& [name, region] : index.regions) {
    for (const auto& accepter : region.peering_accepters) {
      if (accepter.accepts && !accepter.deleting()) accepted.insert(accepter.connection_id);
    }
  }
  return accepted;
}

Paths CollectPaths(const PlanContext& context, const Peerings& peerings,
                   const std::vector<ReplicationHosts>& replications) {
  Paths paths;
  for (const auto& [id, peering] : peerings) {
    paths[{peering.a, peering.b}].peerings.push_back(peering.connection);
  }
  for (const auto& one : replications) {
    const auto a = EndOf(context.index, one.region, one.vpc_id);
    for (const auto& other : replications) {
      const auto b = EndOf(context.index, other.region, other.vpc_id);
      if (one.cluster != other.cluster || a.region == b.region || !(a < b)) continue;
      auto& path = paths[{a, b}];
      path.hosts_a.push_back(&one);
      path.hosts_b.push_back(&other);
    }
  }
  for (auto& [ends, path] : paths) {
    for (auto* hosts : {&path.hosts_a, &path.hosts_b}) {
      std::ranges::sort(*hosts, {},
                        [](const auto* h) { return std::tie(h->cluster, h->addresses); });
    }
  }
  return paths;
}

class WideAreaPlanner {
 public:
  explicit WideAreaPlanner(PlanContext& context) : context_(context) {}

  void Plan(const VpcEnd& a, const VpcEnd& b, const Path& path) {
    lab::WideAreaSpec spec;
    if (const auto why = Join(a, b, spec); !why.empty()) return Refuse(path, why);
    TellRouter(spec.a, spec.b, path.hosts_a, path.hosts_b);
    TellRouter(spec.b, spec.a, path.hosts_b, path.hosts_a);
    const auto key = WideAreaKey(a, b);
    for (const auto* peering : path.peerings) LinkPeering(*peering, key);
    for (const auto* hosts : {&path.hosts_a, &path.hosts_b}) {
      for (const auto* host : *hosts) context_.Link(*host->database, key);
    }
    context_.Add(key, std::move(spec),
                 {RouterKey(a.region, a.vpc_id), RouterKey(b.region, b.vpc_id)}, ReasonOf(path));
  }

 private:
  // Why the two cannot be joined; "": `spec` says how they are.
  std::string Join(const VpcEnd& a, const VpcEnd& b, lab::WideAreaSpec& spec) {
    const auto* vpc_a = VpcOf(context_.index, a);
    const auto* vpc_b = VpcOf(context_.index, b);
    const auto* router_a = RouterOf(a);
    const auto* router_b = RouterOf(b);
    if (vpc_a == nullptr || vpc_b == nullptr || router_a == nullptr || router_b == nullptr) {
      return "one of the VPCs " + a.vpc_id + " and " + b.vpc_id + " is not there";
    }
    if (Clashes(*router_a, vpc_b->cidr) || Clashes(*router_b, vpc_a->cidr)) {
      return "the lab cannot route between " + a.vpc_id + " and " + b.vpc_id +
             ": addresses of one are taken at the other; give one of them another cidr_block";
    }
    const auto network = NetworkOf(a, b);
    if (!network) return "the lab has no link left for " + a.vpc_id + " and " + b.vpc_id;
    spec.a = {a.region, a.vpc_id, vpc_a->cidr, aws::AddressAt(*network, 1) + "/30"};
    spec.b = {b.region, b.vpc_id, vpc_b->cidr, aws::AddressAt(*network, 2) + "/30"};
    spec.delay = a.region == b.region ? 0 : kDistanceDelay;
    return {};
  }

  lab::RouterSpec* RouterOf(const VpcEnd& end) {
    const auto key = RouterKey(end.region, end.vpc_id);
    const auto found = std::ranges::find(context_.plan.parts, key, &lab::Part::key);
    return found == context_.plan.parts.end() ? nullptr
                                              : std::get_if<lab::RouterSpec>(&found->spec);
  }

  // Whether the router already leads some of these addresses elsewhere.
  static bool Clashes(const lab::RouterSpec& router, const std::string& cidr) {
    const auto wanted = aws::ParsePrefix(cidr);
    const auto takes = [&](const std::string& text) {
      const auto taken = aws::ParsePrefix(text);
      return !wanted || !taken || aws::Overlap(*wanted, *taken);
    };
    return takes(router.cidr) || std::ranges::any_of(router.peers, takes, &lab::PeerSpec::cidr);
  }

  // Stable: it follows from the numbers of the regions and of the VPCs within them.
  std::optional<std::string> NetworkOf(const VpcEnd& a, const VpcEnd& b) {
    const auto number_a = context_.book.Uplink(a.region, a.vpc_id);
    const auto number_b = context_.book.Uplink(b.region, b.vpc_id);
    if (!number_a || !number_b || kFirstByte + *number_a > kLastByte || a.region_number < 1 ||
        b.region_number > kRegionsMost) {
      return {};
    }
    const int pair = b.region_number * (b.region_number - 1) / 2 + a.region_number;
    return "100." + std::to_string(kFirstByte + *number_a) + "." + std::to_string(pair) + "." +
           std::to_string(*number_b * 4) + "/30";
  }

  void TellRouter(const lab::WideAreaSpec::End& own, const lab::WideAreaSpec::End& other,
                  const std::vector<const ReplicationHosts*>& hosts,
                  const std::vector<const ReplicationHosts*>& peers) {
    lab::PeerSpec peer;
    peer.vpc_id = other.vpc_id;
    peer.cidr = other.cidr;
    peer.address = own.address;
    peer.peer_address = other.address;
    peer.replication_hosts = AddressesOf(hosts);
    peer.replication_peers = AddressesOf(peers);
    if (!hosts.empty()) peer.replication_port = hosts.front()->port;
    RouterOf({0, own.region, own.vpc_id})->peers.push_back(std::move(peer));
  }

  static std::vector<std::string> AddressesOf(const std::vector<const ReplicationHosts*>& hosts) {
    std::set<std::string> addresses;
    for (const auto* host : hosts) addresses.insert(host->addresses.begin(), host->addresses.end());
    return {addresses.begin(), addresses.end()};
  }

  void LinkPeering(const aws::PeeringConnection& connection, const lab::PartKey& key) {
    context_.Link(connection, key);
    for (const auto& [name, region] : context_.index.regions) {
      for (const auto& accepter : region.peering_accepters) {
        if (accepter.connection_id == connection.id) context_.Link(accepter, key);
      }
    }
  }

  void Refuse(const Path& path, const std::string& why) {
    for (const auto* peering : path.peerings) context_.NotHonoured(*peering, why);
    for (const auto* hosts : {&path.hosts_a, &path.hosts_b}) {
      for (const auto* host : *hosts) context_.Missing(*host->database, why);
    }
  }

  static std::string ReasonOf(const Path& path) {
    if (path.hosts_a.empty()) return "aws_vpc_peering_connection " + path.peerings.front()->id;
    return "aws_db_instance " + path.hosts_a.front()->database->identifier + " and " +
           path.hosts_b.front()->database->identifier + " replicate";
  }

  PlanContext& context_;
};

}  // namespace

Peerings ActivePeerings(const StateIndex& index) {
  Peerings peerings;
  const auto accepted = Accepted(index);
  for (const auto& [name, region] : index.regions) {
    for (const auto& [id, connection] : region.peering_connections) {
      if (connection.deleting() || !(connection.accepted || accepted.contains(id))) continue;
      auto a = EndOf(index, name, connection.vpc_id);
      auto b = EndOf(index, connection.peer_region, connection.peer_vpc_id);
      if (a == b || VpcOf(index, a) == nullptr || VpcOf(index, b) == nullptr) continue;
      if (b < a) std::swap(a, b);
      peerings.emplace(id, Peering{std::move(a), std::move(b), &connection});
    }
  }
  return peerings;
}

lab::PartKey WideAreaKey(const VpcEnd& one, const VpcEnd& other) {
  const auto& [a, b] = std::minmax(one, other);
  return {lab::PartKind::kWideArea, "", a.vpc_id + "~" + b.vpc_id};
}

void PlanWideAreas(PlanContext& context, const std::vector<ReplicationHosts>& replications) {
  WideAreaPlanner planner(context);
  const auto paths = CollectPaths(context, ActivePeerings(context.index), replications);
  for (const auto& [ends, path] : paths) planner.Plan(ends.first, ends.second, path);
}

}  // namespace scv::control
