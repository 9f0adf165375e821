// The parts that the lab is made of. control/ computes the parts that should stand (`Part`), the
// world makes them and says what it sees of each (`Sighting`). A part is named by its key; its
// specification says everything the world needs to make it, so that applying the same
// specification twice changes nothing.
#ifndef SCV_LAB_PARTS_H_
#define SCV_LAB_PARTS_H_

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "lab/database.h"
#include "lab/load_balancer.h"
#include "lab/network.h"

namespace scv::lab {

// In the order in which they are made; taken down in the opposite order.
enum class PartKind {
  kInternet,          // the outside: clients, AWS's public endpoints, the public name server
  kRouter,            // RouterSpec, key: the VPC's id
  kNameServer,        // NameServerSpec: one for the internet, one per VPC
  kNames,             // NamesSpec: the zones that are seen at one place; key: "" or the VPC's id
  kCertificate,       // CertificateSpec, key: the ARN
  kWideArea,          // WideAreaSpec: the path between two VPCs; key: "vpc-a~vpc-b", region: ""
  kDatabase,          // DatabaseSpec, key: the DB instance's identifier; its second node: id + "/2"
  kLoadBalancerNode,  // LoadBalancerNodeSpec, key: name/zone
  kInstance,          // InstanceSpec, key: i-…
  kEndpointCheck,     // EndpointCheckSpec: a Route 53 health check's probe; key: its id, region: ""
  kDoor,              // DoorSpec: the host's port for HTTPS
};
std::string_view Name(PartKind kind);

struct PartKey {
  PartKind kind = PartKind::kInternet;
  std::string region;
  std::string name;
  auto operator<=>(const PartKey&) const = default;
};

struct InternetSpec {
  std::string client_address;                             // "198.51.100.1/24"
  std::map<std::string, std::string> endpoint_addresses;  // region → address of its AWS endpoints
  std::string resolver;                                   // the public name server's address
  bool operator==(const InternetSpec&) const = default;
};

struct NameServerSpec {
  std::string place;    // "" is the internet, otherwise a VPC's id
  std::string address;  // where it listens, port 53, UDP and TCP
  bool operator==(const NameServerSpec&) const = default;
};

struct RecordSpec {
  std::string name;  // lower case, without the dot at the end
  std::string type;  // "A", "CNAME", "TXT", "NS", "SOA", …
  int ttl = 60;
  std::vector<std::string> values;  // as in a zone file; with `by_location`: the default's
  // Geolocation: country ("KR") or continent ("continent:AS") → values. Where the client is says
  // its EDNS client subnet, or its address.
  std::map<std::string, std::vector<std::string>> by_location = {};
  auto operator<=>(const RecordSpec&) const = default;
};

struct NamesSpec {
  std::map<std::string, std::vector<RecordSpec>> zones;  // zone → records, ordered
  bool operator==(const NamesSpec&) const = default;
};

struct CertificateSpec {
  std::string arn;
  std::vector<std::string> names;  // the first is the common name
  bool operator==(const CertificateSpec&) const = default;
};

// AWS's default for the lab's size; the world says in its sighting when it cannot enforce them.
struct Limits {
  std::int64_t memory_bytes = 0;  // 0: no limit
  int cpu_millis = 0;             // of one core; 0: no limit
  bool operator==(const Limits&) const = default;
};

struct InstanceSpec {
  std::string id;  // i-…
  std::string region, zone;
  std::string hostname;  // ip-10-0-1-5.ap-northeast-2.compute.internal
  InterfaceSpec interface;
  FirewallSpec firewall;
  std::string resolver;
  std::string user_data;  // decoded; served by the metadata service, run once at boot
  Limits limits;
  bool operator==(const InstanceSpec&) const = default;
};

struct DatabaseSpec {
  std::string id;               // the DB instance's identifier
  std::uint32_t server_id = 1;  // of this node: unique among all that replicate from each other
  DatabaseRole role = {};
  std::string region, zone;
  InterfaceSpec interface;
  FirewallSpec firewall;
  std::string endpoint;  // the name that the server's certificate is for
  int port = 3306;
  std::string master_username;
  // The master password's SHA1(SHA1()) as MariaDB's mysql_native_password has it ("*" + 40 hex
  // digits): the lab needs no more, and the desired state holds no more.
  std::string master_password_hash;
  std::string database;                           // created at first start; "": none
  std::map<std::string, std::string> parameters;  // of the parameter group
  Limits limits;
  bool operator==(const DatabaseSpec&) const = default;
};

// The path between two VPCs of different regions: a link between their routers through a relay that
// delays and loses. What may pass is the routers' business (RouterSpec::peers).
struct WideAreaSpec {
  struct End {
    std::string region, vpc_id, cidr;
    std::string address;  // the router's address on the link, "100.65.1.1/30"
    bool operator==(const End&) const = default;
  };
  End a, b;
  Millis delay = 35;  // one way
  int loss_percent = 0;
  bool operator==(const WideAreaSpec&) const = default;
};

// What one of Route 53's checkers does, from the internet. Thresholds are control's business.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
struct EndpointCheckSpec {
  std::string protocol = "HTTPS";  // "HTTP", "HTTPS" (the certificate is not verified) or "TCP"
  std::string name;                // resolved by the public name server at every probe …
  std::string address;             // … or a fixed address
  std::string host;                // SNI and Host; "": the name
  int port = 443;
  std::string path = "/";
  milliseconds interval{30000};  // already scaled by the lab's pace
  milliseconds timeout{4000};
  bool operator==(const EndpointCheckSpec&) const = default;
};

struct DoorSpec {
  std::string resolver;   // the public name server, asked for every connection's SNI
  int target_port = 443;  // where the name's address is connected to
  bool operator==(const DoorSpec&) const = default;
};

using Spec =
    std::variant<InternetSpec, RouterSpec, NameServerSpec, NamesSpec, CertificateSpec, WideAreaSpec,
                 DatabaseSpec, LoadBalancerNodeSpec, InstanceSpec, EndpointCheckSpec, DoorSpec>;

struct Part {
  PartKey key;
  Spec spec;
  std::vector<PartKey> needs;  // must be running before this one is made
  std::string reason;          // why it should stand, for people
};

enum class Phase {
  kAbsent,    // not there, or taken down completely
  kStarting,  // being made; not yet usable
  kRunning,   // made as the spec with `revision` says
  kStopping,
  kFailed,  // died, or could not be made; `detail` says why
};
std::string_view Name(Phase phase);

// Health of one target as one node's checks have it.
enum class TargetHealth { kInitial, kHealthy, kUnhealthy, kDraining, kUnused };
struct TargetSighting {
  std::string target_group;
  std::string target;  // the instance's id
  TargetHealth health = TargetHealth::kInitial;
  std::string reason;                 // the last check's result, as HAProxy words it
  std::int64_t sessions = 0;          // open right now
  std::int64_t requests_total = 0;    // since the server was added
  std::int64_t errors_5xx_total = 0;  // answered by the target
  bool operator==(const TargetSighting&) const = default;
};

// One probe's result.
struct CheckSighting {
  bool ok = false;
  std::string detail;       // "200", "refused", "no answer in 400 ms"
  std::uint64_t count = 0;  // probes so far: two sightings with the same count are one probe
  bool operator==(const CheckSighting&) const = default;
};

// What the world sees of one part. Later sightings of the same part replace earlier ones.
struct Sighting {
  PartKey key;
  Phase phase = Phase::kAbsent;
  std::uint64_t revision = 0;  // of the spec that it stands by, as given with the action
  std::string detail;          // for people: why it failed, what is not enforced here
  Millis at = 0;
  std::int64_t cpu_micros_total = 0;    // used since it started; instances and databases
  std::vector<TargetSighting> targets;  // load balancer nodes
  std::optional<DatabaseSighting> database = {};
  std::optional<CheckSighting> check = {};  // endpoint checks
};

// What control asks the world to do. `revision` numbers the specs of a part, rising.
struct Action {
  enum class Kind { kMake, kChange, kTakeDown };
  Kind kind = Kind::kMake;
  Part part;  // kTakeDown: the spec as it was made
  std::uint64_t revision = 0;
  std::string reason;  // one sentence for people: "2 of 2 instances wanted, 1 in service"
};

}  // namespace scv::lab

#endif  // SCV_LAB_PARTS_H_
