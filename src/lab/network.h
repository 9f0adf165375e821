// What the lab's networks are made of, as plain values: computed by control/, written out by
// render/, made real by world/. Addresses are IPv4 in dotted form, prefixes as "10.0.0.0/16";
// both were validated where they entered the desired state.
#ifndef SCV_LAB_NETWORK_H_
#define SCV_LAB_NETWORK_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace scv::lab {

// Where a route of a subnet's route table leads.
enum class RouteTarget {
  kLocal,            // inside the VPC
  kInternetGateway,  // only for interfaces that have a public address (1:1 NAT)
  kNatGateway,       // source NAT to RouteSpec::nat_address
  kPeering,          // another VPC, over the wide area
  kBlackhole,        // the target is gone: packets are refused, as on AWS
};

struct RouteSpec {
  std::string destination;  // "0.0.0.0/0"
  RouteTarget target = RouteTarget::kLocal;
  std::string nat_address;  // kNatGateway: the gateway's elastic IP
  bool operator==(const RouteSpec&) const = default;
};

struct SubnetSpec {
  std::string id;       // subnet-…
  std::string zone;     // ap-northeast-2a
  std::string cidr;     // 10.0.1.0/24
  std::string gateway;  // the first address: the VPC router's, as on AWS
  std::vector<RouteSpec> routes;
  bool operator==(const SubnetSpec&) const = default;
};

// One to one: an elastic IP, or the public address of a load balancer's node.
struct PublicAddress {
  std::string address;
  std::string private_address;
  bool operator==(const PublicAddress&) const = default;
};

// Another VPC that can be reached over the wide area. Subnets whose route tables lead there (a
// RouteSpec with kPeering) may talk to it; besides, `replication` hosts may talk to each other's
// port whatever the routes: RDS replicates between regions on a network of its own.
struct PeerSpec {
  std::string vpc_id, cidr;
  std::string address, peer_address;           // this router's and the other's end: "100.65.1.1/30"
  std::vector<std::string> replication_hosts;  // addresses in this VPC
  std::vector<std::string> replication_peers;  // addresses in the other
  int replication_port = 3306;
  bool operator==(const PeerSpec&) const = default;
};

// A VPC's router: one namespace with a bridge per subnet and an uplink to the internet namespace.
struct RouterSpec {
  std::string vpc_id;
  std::string region;
  std::string cidr;
  std::string resolver;  // the VPC's DNS resolver: the VPC's base address plus two
  bool internet_gateway = false;
  std::string uplink_address;  // the router's end of the link to the internet, "100.64.1.2/30"
  std::string uplink_peer;     // the internet's end, "100.64.1.1/30"
  std::vector<SubnetSpec> subnets;
  std::vector<PublicAddress> public_addresses;
  std::vector<std::string> nat_addresses;  // elastic IPs of NAT gateways: the router's own
  std::vector<PeerSpec> peers = {};        // the links are made by the wide area's part
  bool operator==(const RouterSpec&) const = default;
};

// One rule of a security group, for one interface: from or to all addresses of a prefix and of
// whoever is a member of a group.
struct FirewallRule {
  std::string protocol;  // "tcp", "udp", "icmp", or "-1" for all
  int from_port = 0;     // meaningless for icmp and all
  int to_port = 0;
  std::string cidr;   // either a prefix …
  std::string group;  // … or a security group (a key of FirewallSpec::members)
  bool operator==(const FirewallRule&) const = default;
};

// All security groups of one interface together: what no rule accepts is dropped; answers to what
// was accepted pass. Metadata (169.254.169.254) and the VPC's resolver are
// never filtered, as on AWS.
struct FirewallSpec {
  std::vector<FirewallRule> ingress;
  std::vector<FirewallRule> egress;
  std::map<std::string, std::set<std::string>>
      members;  // group → addresses, only groups named above
  std::string resolver;
  bool operator==(const FirewallSpec&) const = default;
};

// Where an instance's metadata service really listens: what is sent to 169.254.169.254 port 80 is
// led there, so that the instance can have port 80 on all its addresses for itself.
inline constexpr int kMetadataPort = 61680;

// A network interface in a subnet. The MAC address follows from the address (02:ac + the four
// bytes of the address), so that it is the same after a restart.
struct InterfaceSpec {
  std::string id;      // eni-…
  std::string vpc_id;  // names the router
  std::string subnet_id;
  std::string address;
  int prefix_length = 24;
  std::string gateway;
  bool operator==(const InterfaceSpec&) const = default;
};

}  // namespace scv::lab

#endif  // SCV_LAB_NETWORK_H_
