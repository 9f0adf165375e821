// VPC peering: two VPCs, each of its own region, and the other side's consent.
#include <map>

#include "aws/ipv4.h"
#include "provider/hooks.h"

namespace scv::provider {
namespace {

constexpr std::string_view kConnection = "aws_vpc_peering_connection";

Result<void> Complain(HookContext& context, const char* attribute, std::string summary,
                      std::string detail) {
  context.diagnostics.push_back(
      {.summary = summary, .detail = std::move(detail), .path = {AttributeStep(attribute)}});
  return Fail(ErrorKind::kInvalid, std::move(summary));
}

// The other VPC may be in another region, which no table entry can say.
Result<void> FillConnection(const aws::DesiredState& state, HookContext& context) {
  auto& attributes = context.attributes;
  auto& region = attributes.At("peer_region");
  if (region.is_unknown() || region.is_null()) region = Value(context.region);
  if (region.Text() != context.region && attributes["auto_accept"].Flag()) {
    return Complain(context, "auto_accept", "A peering with another region cannot accept itself",
                    "Leave auto_accept out, and make an aws_vpc_peering_connection_accepter in " +
                        region.Text() + ".");
  }
  const auto& id = attributes["peer_vpc_id"].Text();
  const auto* other = state.Find(region.Text(), "aws_vpc", id);
  if (other == nullptr || other->status == aws::Status::kDeleting) {
    return Complain(context, "peer_vpc_id", "There is no VPC " + id + " in " + region.Text(),
                    "Apply the region that has it first, and say which one it is with "
                    "peer_region.");
  }
  const auto* own = state.Find(context.region, "aws_vpc", attributes["vpc_id"].Text());
  const auto ours =
      own == nullptr ? std::nullopt : aws::ParsePrefix(aws::String(own->attributes, "cidr_block"));
  const auto theirs = aws::ParsePrefix(aws::String(other->attributes, "cidr_block"));
  if (ours && theirs && aws::Overlap(*ours, *theirs)) {
    return Complain(context, "peer_vpc_id", "The VPCs' addresses overlap",
                    aws::FormatPrefix(*ours) + " and " + aws::FormatPrefix(*theirs) +
                        " cannot be routed to each other (the peering would fail). Give one of "
                        "them another cidr_block.");
  }
  if (attributes["auto_accept"].Flag()) attributes.At("accept_status") = Value("active");
  return {};
}

const aws::Resource* FindConnection(const aws::DesiredState& state, const std::string& id) {
  for (const auto& connection : state.List(kConnection)) {
    if (connection->key.id == id) return connection.get();
  }
  return nullptr;
}

// In one account both sides read the connection as its requester sees it.
Result<void> FillAccepter(const aws::DesiredState& state, HookContext& context) {
  auto& attributes = context.attributes;
  const auto& id = attributes["vpc_peering_connection_id"].Text();
  const auto* connection = FindConnection(state, id);
  const auto region =
      connection == nullptr ? "" : aws::String(connection->attributes, "peer_region");
  if (connection == nullptr || region != context.region) {
    return Complain(context, "vpc_peering_connection_id",
                    "There is no peering connection " + id + " to accept in " + context.region,
                    connection == nullptr
                        ? "Refer to the aws_vpc_peering_connection itself."
                        : "Its other side is in " + region + ": give the accepter that region.");
  }
  for (const auto* name : {"vpc_id", "peer_vpc_id", "peer_region"}) {
    attributes.At(name) = Value(aws::String(connection->attributes, name));
  }
  if (attributes["auto_accept"].Flag()) attributes.At("accept_status") = Value("active");
  return {};
}

// What one side decides, the other side reads.
Result<void> Tell(HookContext& context, std::string_view status) {
  const auto& id = context.attributes["vpc_peering_connection_id"].Text();
  return context.services.account->Write([&](aws::DesiredState& state) -> Result<void> {
    const auto* connection = FindConnection(state, id);
    if (connection == nullptr) return {};
    auto changed = *connection;
    changed.attributes["accept_status"] = status;
    state.Put(std::move(changed));
    return {};
  });
}

Result<void> Accept(HookContext& context) {
  return context.attributes["auto_accept"].Flag() ? Tell(context, "active") : Result<void>{};
}

}  // namespace

const Hooks* PeeringHooks(std::string_view type) {
  static const std::map<std::string_view, Hooks> kHooks{
      {kConnection, {.fill = FillConnection}},
      {"aws_vpc_peering_connection_accepter", {.fill = FillAccepter, .store = Accept}},
  };
  const auto found = kHooks.find(type);
  return found == kHooks.end() ? nullptr : &found->second;
}

}  // namespace scv::provider
