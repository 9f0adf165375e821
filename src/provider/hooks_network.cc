// VPCs, subnets, addresses.
#include <algorithm>
#include <map>
#include <set>

#include "aws/ipv4.h"
#include "provider/hooks.h"
#include "provider/zones.h"

namespace scv::provider {
namespace {

// Addresses of the pool that the lab keeps for itself: the network's, its routers', the client's.
constexpr std::uint32_t kReservedAddresses = 8;

// The lab's public addresses: documentation prefixes (RFC 5737), one half each.
aws::Prefix PublicPool(std::string_view region) {
  if (region == "ap-northeast-2") return *aws::ParsePrefix("203.0.113.0/25");
  if (region == "ap-northeast-1") return *aws::ParsePrefix("203.0.113.128/25");
  return *aws::ParsePrefix("192.0.2.128/25");
}

Result<void> AllocateAddress(const aws::DesiredState& state, HookContext& context) {
  if (!context.attributes["public_ip"].is_unknown()) return {};
  const auto pool = PublicPool(context.region);
  std::set<std::string> taken;
  // Other regions share the last pool.
  for (const auto& eip : state.List("aws_eip"))
    taken.insert(aws::String(eip->attributes, "public_ip"));
  for (auto address = pool.base + kReservedAddresses; address < aws::LastAddress(pool); ++address) {
    const auto text = aws::FormatAddress(address);
    if (taken.contains(text)) continue;
    context.attributes.At("public_ip") = Value(text);
    return {};
  }
  return Fail(ErrorKind::kConflict, "the lab's public addresses of " + context.region + " (" +
                                        aws::FormatPrefix(pool) +
                                        ") are all in use; release one (AddressLimitExceeded)");
}

Result<void> FillNatGateway(const aws::DesiredState& state, HookContext& context) {
  auto& attributes = context.attributes;
  const auto find = [&](std::string_view type, std::string_view name) {
    return state.Find(context.region, type, attributes[name].Text());
  };
  if (const auto* eip = find("aws_eip", "allocation_id"); eip != nullptr) {
    attributes.At("public_ip") = Value(aws::String(eip->attributes, "public_ip"));
  } else if (attributes["connectivity_type"].Text() == "public") {
    return Fail(ErrorKind::kInvalid, "a public NAT gateway needs an elastic IP: set allocation_id");
  }
  if (const auto* subnet = find("aws_subnet", "subnet_id"); subnet != nullptr) {
    attributes.At("vpc_id") = Value(aws::String(subnet->attributes, "vpc_id"));
  }
  return {};
}

Result<void> CheckOverlap(const aws::DesiredState& state, const HookContext& context,
                          const aws::Prefix& prefix) {
  for (const auto& other : state.List(context.region, "aws_subnet")) {
    const auto& a = other->attributes;
    const auto theirs = aws::ParsePrefix(aws::String(a, "cidr_block"));
    const bool same_vpc = aws::String(a, "vpc_id") == context.attributes["vpc_id"].Text();
    if (other->key.id == context.key.id || !same_vpc || !theirs) continue;
    if (aws::Overlap(*theirs, prefix)) {
      context.diagnostics.push_back({.summary = "Subnets of one VPC overlap",
                                     .detail = "cidr_block overlaps " + aws::FormatPrefix(*theirs) +
                                               " of " + other->key.id +
                                               " (InvalidSubnet.Conflict). Choose a free range.",
                                     .path = {AttributeStep("cidr_block")}});
      return Fail(ErrorKind::kConflict, "the subnet overlaps another one");
    }
  }
  return {};
}

Result<void> FillSubnet(const aws::DesiredState& state, HookContext& context) {
  auto& attributes = context.attributes;
  auto& zone = attributes.At("availability_zone");
  const auto zones = ZonesOf(context.region);
  if (zone.is_unknown()) {
    const auto named = std::ranges::find_if(
        zones, [&](const Zone& z) { return z.id == attributes["availability_zone_id"].Text(); });
    zone = Value(named == zones.end() ? zones.front().name : named->name);
  }
  const auto found =
      std::ranges::find_if(zones, [&](const Zone& z) { return z.name == zone.Text(); });
  if (found == zones.end()) {
    context.diagnostics.push_back({.summary = "There is no zone " + zone.Text(),
                                   .detail = context.region + " has none of this name. Use "
                                                              "data.aws_availability_zones.",
                                   .path = {AttributeStep("availability_zone")}});
    return Fail(ErrorKind::kInvalid, "there is no such zone");
  }
  attributes.At("availability_zone_id") = Value(found->id);
  const auto prefix = aws::ParsePrefix(attributes["cidr_block"].Text());
  const auto* vpc = state.Find(context.region, "aws_vpc", attributes["vpc_id"].Text());
  const auto outer =
      vpc == nullptr ? std::nullopt : aws::ParsePrefix(aws::String(vpc->attributes, "cidr_block"));
  if (!prefix || !outer) return {};
  if (!aws::Contains(*outer, *prefix)) {
    context.diagnostics.push_back({.summary = "The subnet is not inside its VPC",
                                   .detail = "cidr_block must lie in " + aws::FormatPrefix(*outer) +
                                             " of " + vpc->key.id + " (InvalidSubnet.Range).",
                                   .path = {AttributeStep("cidr_block")}});
    return Fail(ErrorKind::kInvalid, "the subnet is not inside its VPC");
  }
  return CheckOverlap(state, context, *prefix);
}

// The group that every VPC has is taken over, not created.
Result<void> AdoptDefaultGroup(const aws::DesiredState& state, HookContext& context) {
  auto& id = context.attributes.At("id");
  if (!id.is_unknown()) return {};
  const auto* vpc = state.Find(context.region, "aws_vpc", context.attributes["vpc_id"].Text());
  if (vpc != nullptr) id = Value(aws::String(vpc->attributes, "default_security_group_id"));
  return {};
}

Result<void> AdoptDefaultTable(const aws::DesiredState& state, HookContext& context) {
  const auto& table = context.attributes["default_route_table_id"].Text();
  for (const auto& vpc : state.List(context.region, "aws_vpc")) {
    if (aws::String(vpc->attributes, "default_route_table_id") == table) {
      context.attributes.At("vpc_id") = Value(vpc->key.id);
      return {};
    }
  }
  return Fail(ErrorKind::kNotFound, "no VPC has the default route table " + table);
}

Result<void> CheckOneGateway(const aws::DesiredState& state, HookContext& context) {
  const auto& vpc = context.attributes["vpc_id"].Text();
  for (const auto& other : state.List(context.region, "aws_internet_gateway")) {
    if (!vpc.empty() && other->key.id != context.key.id &&
        aws::String(other->attributes, "vpc_id") == vpc) {
      return Fail(ErrorKind::kConflict, vpc + " has the internet gateway " + other->key.id +
                                            " already (Resource.AlreadyAssociated)");
    }
  }
  return {};
}

}  // namespace

const Hooks* NetworkHooks(std::string_view type) {
  static const std::map<std::string_view, Hooks> kHooks{
      {"aws_eip", {.fill = AllocateAddress}},
      {"aws_nat_gateway", {.fill = FillNatGateway}},
      {"aws_subnet", {.fill = FillSubnet}},
      {"aws_default_security_group", {.fill = AdoptDefaultGroup}},
      {"aws_default_route_table", {.fill = AdoptDefaultTable}},
      {"aws_internet_gateway", {.fill = CheckOneGateway}},
  };
  const auto found = kHooks.find(type);
  return found == kHooks.end() ? nullptr : &found->second;
}

}  // namespace scv::provider
