#include "control/lab_plan_context.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "aws/ipv4.h"

namespace scv::control {
namespace {

// FNV-1a with 64 bits: an id has to differ from others, no more.
std::uint64_t HashOf(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

// https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html
struct Size {
  std::string_view name;
  int cpus, gibibytes_x2;
};
constexpr std::array kBurstable{Size{"nano", 2, 1},    Size{"micro", 2, 2},  Size{"small", 2, 4},
                                Size{"medium", 2, 8},  Size{"large", 2, 16}, Size{"xlarge", 4, 32},
                                Size{"2xlarge", 8, 64}};
constexpr std::array kGeneral{Size{"medium", 1, 8}, Size{"large", 2, 16}, Size{"xlarge", 4, 32},
                              Size{"2xlarge", 8, 64}, Size{"4xlarge", 16, 128}};

}  // namespace

lab::PartKey InternetKey() {
  return {lab::PartKind::kInternet, std::string(aws::kGlobal), "internet"};
}
lab::PartKey PublicNameServerKey() {
  return {lab::PartKind::kNameServer, std::string(aws::kGlobal), "internet"};
}
lab::PartKey NamesKey() { return {lab::PartKind::kNames, std::string(aws::kGlobal), ""}; }
lab::PartKey NamesKey(std::string_view region, std::string_view vpc) {
  return {lab::PartKind::kNames, std::string(region), std::string(vpc)};
}
lab::PartKey RouterKey(std::string_view region, std::string_view vpc) {
  return {lab::PartKind::kRouter, std::string(region), std::string(vpc)};
}
lab::PartKey NameServerKey(std::string_view region, std::string_view vpc) {
  return {lab::PartKind::kNameServer, std::string(region), std::string(vpc)};
}

std::string ResolverOf(const aws::Vpc& vpc) { return aws::AddressAt(vpc.cidr, 2); }

std::string InterfaceIdOf(std::string_view owner) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  auto hash = HashOf(owner);
  std::string id = "eni-0";
  for (int digit = 0; digit < 16; ++digit, hash >>= 4) id += kDigits[hash & 15];
  return id;
}

lab::InterfaceSpec PlanInterface(PlanContext& context, const aws::Subnet& subnet,
                                 std::string_view owner, std::string_view interface_id,
                                 std::string_view fixed_address) {
  lab::InterfaceSpec spec;
  spec.id = interface_id.empty() ? InterfaceIdOf(owner) : std::string(interface_id);
  spec.vpc_id = subnet.vpc_id;
  spec.subnet_id = subnet.id;
  spec.gateway = aws::AddressAt(subnet.cidr, 1);
  if (const auto prefix = aws::ParsePrefix(subnet.cidr)) spec.prefix_length = prefix->length;
  if (fixed_address.empty()) {
    spec.address = context.book.Private(subnet.id, subnet.cidr, owner).value_or("");
  } else {
    context.book.TakePrivate(subnet.id, fixed_address, owner);
    spec.address = fixed_address;
  }
  return spec;
}

std::vector<std::string> GroupsOrDefault(const RegionIndex& region, std::string_view vpc_id,
                                         std::vector<std::string> groups) {
  if (groups.empty()) {
    if (const auto* vpc = Alive(region.vpcs, vpc_id);
        vpc != nullptr && !vpc->default_security_group_id.empty()) {
      groups.push_back(vpc->default_security_group_id);
    }
  }
  std::ranges::sort(groups);
  const auto rest = std::ranges::unique(groups);
  groups.erase(rest.begin(), rest.end());
  return groups;
}

// A virtual CPU is half a core here, a gibibyte 256 MiB (at least 256 MiB): a region of two-CPU
// instances then fits a small machine, and load still shows as load.
lab::Limits LimitsOf(std::string_view instance_type) {
  constexpr int kMillisPerCpu = 500;
  constexpr std::int64_t kMebibyte = 1 << 20;
  if (instance_type.starts_with("db.")) instance_type.remove_prefix(3);
  const auto dot = instance_type.find('.');
  if (dot == std::string_view::npos) return {};
  const auto family = instance_type.substr(0, dot);
  const auto size = instance_type.substr(dot + 1);
  const auto find = [&](const auto& sizes) -> lab::Limits {
    const auto found = std::ranges::find(sizes, size, &Size::name);
    if (found == sizes.end()) return {};
    const auto memory = std::max<std::int64_t>(256, found->gibibytes_x2 * std::int64_t{128});
    return {.memory_bytes = memory * kMebibyte, .cpu_millis = found->cpus * kMillisPerCpu};
  };
  if (family.starts_with('t')) return find(kBurstable);
  if (family.starts_with('m')) return find(kGeneral);
  return {};
}

}  // namespace scv::control
