#include "services/metadata_tree.h"

#include <boost/json/serialize.hpp>

#include "aws/resource.h"

namespace scv::services {
namespace {

namespace json = boost::json;
using Tree = std::map<std::string, std::string>;

// Seconds only, as AWS writes times here.
std::string Time(Millis t) { return FormatRfc3339(t).substr(0, 19) + "Z"; }

std::string Lines(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : "\n") + text;
  return out;
}

// JSON with a line per field: shell scripts read it with sed.
std::string Pretty(const json::object& object) {
  std::string out = "{";
  for (const auto& [name, value] : object) {
    out += (out.size() > 1 ? ",\n  " : "\n  ") + json::serialize(json::string(name)) + " : " +
           json::serialize(value);
  }
  return out + "\n}";
}

// ap-northeast-2a is apne2-az1.
std::string ZoneId(const InstanceFacts& facts) {
  std::string id;
  bool first = true;
  for (std::size_t at = 0; at < facts.region.size();) {
    auto end = facts.region.find('-', at);
    if (end == std::string::npos) end = facts.region.size();
    const auto part = facts.region.substr(at, end - at);
    if (first) {
      id += part;
    } else if (part == "northeast" || part == "northwest" || part == "southeast" ||
               part == "southwest") {
      id += {part[0], part[5]};
    } else {
      id += part[0];
    }
    first = false;
    at = end + 1;
  }
  const char letter = facts.zone.empty() ? 'a' : facts.zone.back();
  return id + "-az" + std::to_string(letter - 'a' + 1);
}

void AddRole(const InstanceFacts& facts, const AccessKey& key, Tree& tree) {
  if (facts.role.empty()) return;
  const auto updated = Time(key.issued_at);
  tree["meta-data/iam/info"] = Pretty({{"Code", "Success"},
                                       {"LastUpdated", updated},
                                       {"InstanceProfileArn", facts.profile_arn},
                                       {"InstanceProfileId", "AIPA" + facts.role}});
  tree["meta-data/iam/security-credentials/" + facts.role] =
      Pretty({{"Code", "Success"},
              {"LastUpdated", updated},
              {"Type", "AWS-HMAC"},
              {"AccessKeyId", key.access_key_id},
              {"SecretAccessKey", key.secret_access_key},
              {"Token", key.session_token},
              {"Expiration", Time(key.expires_at)}});
}

void AddNetwork(const InstanceFacts& facts, Tree& tree) {
  tree["meta-data/mac"] = facts.mac;
  const auto under = "meta-data/network/interfaces/macs/" + facts.mac + "/";
  tree[under + "mac"] = facts.mac;
  tree[under + "device-number"] = "0";
  tree[under + "local-ipv4s"] = facts.address;
  tree[under + "local-hostname"] = facts.hostname;
  tree[under + "owner-id"] = std::string(aws::kLabAccount);
  const std::vector<std::pair<std::string, std::string>> optional = {
      {"interface-id", facts.interface_id},
      {"public-ipv4s", facts.public_address},
      {"security-group-ids", Lines(facts.security_group_ids)},
      {"security-groups", Lines(facts.security_groups)},
      {"subnet-id", facts.subnet_id},
      {"subnet-ipv4-cidr-block", facts.subnet_cidr},
      {"vpc-id", facts.vpc_id},
      {"vpc-ipv4-cidr-block", facts.vpc_cidr},
      {"vpc-ipv4-cidr-blocks", facts.vpc_cidr}};
  for (const auto& [name, value] : optional) {
    if (!value.empty()) tree[under + name] = value;
  }
}

std::string IdentityDocument(const InstanceFacts& facts) {
  return Pretty({{"accountId", aws::kLabAccount},
                 {"architecture", "x86_64"},
                 {"availabilityZone", facts.zone},
                 {"billingProducts", nullptr},
                 {"devpayProductCodes", nullptr},
                 {"marketplaceProductCodes", nullptr},
                 {"imageId", facts.image_id},
                 {"instanceId", facts.id},
                 {"instanceType", facts.instance_type},
                 {"kernelId", nullptr},
                 {"pendingTime", Time(facts.launched_at)},
                 {"privateIp", facts.address},
                 {"ramdiskId", nullptr},
                 {"region", facts.region},
                 {"version", "2017-09-30"}});
}

Tree TreeOf(const InstanceFacts& facts, const AccessKey& key) {
  Tree tree{{"meta-data/ami-id", facts.image_id},
            {"meta-data/ami-launch-index", "0"},
            {"meta-data/hostname", facts.hostname},
            {"meta-data/instance-action", "none"},
            {"meta-data/instance-id", facts.id},
            {"meta-data/instance-life-cycle", "on-demand"},
            {"meta-data/instance-type", facts.instance_type},
            {"meta-data/local-hostname", facts.hostname},
            {"meta-data/local-ipv4", facts.address},
            {"meta-data/placement/availability-zone", facts.zone},
            {"meta-data/placement/availability-zone-id", ZoneId(facts)},
            {"meta-data/placement/region", facts.region},
            {"meta-data/profile", "default-hvm"},
            {"meta-data/reservation-id", "r-" + facts.id.substr(facts.id.find('-') + 1)},
            {"meta-data/security-groups", Lines(facts.security_groups)},
            {"meta-data/services/domain", "amazonaws.com"},
            {"meta-data/services/partition", "aws"},
            {"dynamic/instance-identity/document", IdentityDocument(facts)}};
  if (!facts.public_address.empty()) tree["meta-data/public-ipv4"] = facts.public_address;
  if (!facts.user_data.empty()) tree["user-data"] = facts.user_data;
  if (facts.tags_in_metadata) {
    for (const auto& [name, value] : facts.tags) tree["meta-data/tags/instance/" + name] = value;
  }
  AddRole(facts, key, tree);
  AddNetwork(facts, tree);
  return tree;
}

// The children of a directory, each once; directories end with "/", but for iam/security-
// credentials and macs, whose children are names.
std::optional<std::string> ListUnder(const Tree& tree, const std::string& prefix) {
  std::vector<std::string> names;
  for (auto at = tree.lower_bound(prefix); at != tree.end() && at->first.starts_with(prefix);
       ++at) {
    const auto rest = at->first.substr(prefix.size());
    const auto name =
        rest.substr(0, rest.find('/') == std::string::npos ? rest.size() : rest.find('/') + 1);
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  if (names.empty()) return std::nullopt;
  return Lines(names);
}

}  // namespace

std::optional<std::string> MetadataAt(const InstanceFacts& facts, const AccessKey& key,
                                      std::string_view path) {
  const Tree tree = TreeOf(facts, key);
  if (const auto found = tree.find(std::string(path)); found != tree.end()) return found->second;
  // "user-data/" and the like: a leaf with a slash behind it.
  std::string prefix(path);
  if (prefix.ends_with('/')) {
    const auto leaf = tree.find(prefix.substr(0, prefix.size() - 1));
    if (leaf != tree.end()) return leaf->second;
  } else if (!prefix.empty()) {
    prefix += '/';
  }
  return ListUnder(tree, prefix);
}

}  // namespace scv::services
