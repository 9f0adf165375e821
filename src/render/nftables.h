// The nftables rules of the lab's networks, as text for libnftables. Ids never reach the text: the
// names of sets and interfaces are derived from them; addresses are parsed and written again.
// https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
// https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html
#ifndef SCV_RENDER_NFTABLES_H_
#define SCV_RENDER_NFTABLES_H_

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "lab/faults.h"
#include "lab/network.h"
#include "render/ipv4.h"

namespace scv::render {

// At most 15 characters, the kernel's limit, and the same for the same id.
std::string BridgeName(std::string_view subnet_id);  // in a router's namespace
std::string PortName(Ipv4 address);  // a host's end at the bridge, by the host's address
std::string InternetLinkName(std::string_view vpc_id);  // the internet's end of a router's uplink
std::string SetName(std::string_view group_id);         // a security group's addresses
// The end of a wide area's link in a router's namespace, by the VPC at the other side.
std::string WideAreaLinkName(std::string_view peer_vpc_id);
inline constexpr std::string_view kUplinkName = "uplink";
inline constexpr std::string_view kHostLinkName = "eth0";
// 64 bits of `text` that are the same everywhere and always (FNV-1a).
std::uint64_t StableHash(std::string_view text);

// One table that is replaced as a whole when its rules change, and set by set
// when only elements do.
struct Ruleset {
  std::string table;
  std::string body;                                       // sets without elements, and chains
  std::map<std::string, std::set<std::string>> elements;  // set → addresses
  // Names `body`; the table has an empty chain of this name, by which it is recognised later.
  std::string revision;
  std::string family = "inet";
  bool operator==(const Ruleset&) const = default;
};

// A host's security groups, table "sg", and the metadata service's port. TCP is filtered without
// connection tracking, which would cost more than a proxy's whole share of a request: a SYN is
// asked for a rule, every other segment for the connection that its ports can belong to. kInvalid:
// an address, protocol or port that is none.
Result<Ruleset> FirewallRules(const lab::FirewallSpec& spec);
// Whether these rules need connection tracking: they allow something other than TCP.
bool TracksConnections(const lab::FirewallSpec& spec);

// A VPC's router, table "router": what it accepts itself, what it forwards, and its address
// translation. kInvalid as above.
Result<Ruleset> RouterRules(const lab::RouterSpec& spec);

// Ways between the hosts of one VPC, and between those with a public address and the internet,
// table "shortcuts" of the family netdev: what a host sends to another, from its subnet's own
// addresses, is handed to that one's port at once, past bridges, routing and connection tracking,
// which have nothing to say about it: hosts filter at both ends. So is TCP from and to the
// internet, its public addresses translated in place. Everything else goes on as ever, and all of
// it does while a fault cuts the region or one of its zones (the body is empty then). `indexes`: of
// the router's links, by name, hosts' ports (PortName) among them; a port that was made anew has
// another one. kInvalid: an address that is none.
Result<Ruleset> RouterShortcuts(const lab::RouterSpec& spec, const lab::NetworkFaults& faults,
                                const std::map<std::string, int>& indexes);

// What the faults cut, table "faults": ahead of everything else in its namespace, connection
// tracking included, so that established connections are cut, too. Without a fault for the
// namespace the body is empty. A zone's subnets may talk among each other; the zone "" stands for
// every zone of its region.
Ruleset RouterFaultRules(const lab::RouterSpec& spec, const lab::NetworkFaults& faults);
// A host's interface, and the metadata service with it.
Ruleset HostFaultRules(bool cut);
// The internet drops what comes from the routers of these VPCs.
Ruleset InternetFaultRules(const std::set<std::string>& cut_vpcs);

// One transaction that puts `wanted` in place of whatever table has its name.
std::string ReplaceTable(const Ruleset& wanted);

// One transaction that turns `actual` elements into `wanted` ones, both of the same revision.
// "": nothing to do.
std::string ChangeElements(const Ruleset& wanted,
                           const std::map<std::string, std::set<std::string>>& actual);

// What libnftables says to "list table": the revision and the sets' elements. The revision is ""
// if it is not such a table.
Ruleset ReadTable(std::string_view table, std::string_view listing);

// A connection as the firewall of one host sees it.
struct Flow {
  bool inbound = true;
  int protocol = 6;  // IP's number
  Ipv4 peer = 0;
  int port = 0;  // the destination's
};

// Whether a new connection would be accepted by a rule of `spec`, which FirewallRules accepts.
bool Accepts(const lab::FirewallSpec& spec, const Flow& flow);
// Whether no connection with `peer` would be accepted, whatever its protocol and port.
bool AcceptsNothing(const lab::FirewallSpec& spec, bool inbound, Ipv4 peer);
// Whether every connection with `peer` would be.
bool AcceptsEverything(const lab::FirewallSpec& spec, bool inbound, Ipv4 peer);

}  // namespace scv::render

#endif  // SCV_RENDER_NFTABLES_H_
