#include "control/names_plan_zones.h"

#include <algorithm>
#include <array>

#include "aws/resource.h"

namespace scv::control {
namespace {

constexpr std::string_view kOwnNameServer = "ns.lab.internal";
constexpr int kAliasDepthMost = 8;
constexpr int kApexTtl = 900;
constexpr int kAliasTtl = 60;

bool IsNameType(std::string_view type) {
  constexpr std::array kTypes{"CNAME", "NS", "PTR", "MX", "SRV"};
  return std::ranges::find(kTypes, type) != kTypes.end();
}

// In quotes, strings of at most 255 bytes each (RFC 1035 3.3). Terraform writes the quotes between
// several strings of one value as \"\".
std::string Quoted(std::string_view value) {
  if (value.starts_with('"')) return std::string(value);
  std::string quoted = "\"";
  for (std::size_t i = 0, length = 0; i < value.size(); ++i) {
    if (value.substr(i).starts_with("\"\"")) {
      quoted += "\" \"";
      ++i;
      length = 0;
      continue;
    }
    if (length == 255) {
      quoted += "\" \"";
      length = 0;
    }
    if (value[i] == '"' || value[i] == '\\') quoted += '\\';
    quoted += value[i];
    ++length;
  }
  return quoted + '"';
}

}  // namespace

std::string ZoneFileValue(std::string_view type, std::string_view value) {
  if (type == "TXT" || type == "SPF") return Quoted(value);
  if (!IsNameType(type)) return std::string(value);
  auto name = aws::NormalName(value);
  return name + '.';
}

int Zones::Scaled(int seconds) const {
  return static_cast<int>(std::max<Millis>(1, pace_.Scaled(Millis{seconds} * 1000) / 1000));
}

void Zones::Add(std::string_view zone, const std::string& name, const std::string& type, int ttl,
                std::vector<std::string> values) {
  RecordKey key{name, type};
  if (records_.contains(key) || aliases_.contains(key) || values.empty()) return;
  lab::RecordSpec record;
  record.name = name;
  record.type = type;
  record.ttl = Scaled(ttl);
  for (const auto& value : values) record.values.push_back(ZoneFileValue(type, value));
  std::ranges::sort(record.values);
  zone_of_.emplace(key, zone);
  records_.emplace(std::move(key), std::move(record));
}

void Zones::AddAws(const std::string& name, int ttl, std::vector<std::string> addresses) {
  constexpr std::string_view kAws = "amazonaws.com";
  const auto dot = name.find('.');
  if (dot == std::string::npos) return;
  const bool own = name.ends_with('.' + std::string(kAws));
  Add(own ? kAws : std::string_view(name).substr(dot + 1), name, "A", ttl, std::move(addresses));
}

void Zones::AddAlias(std::string_view zone, const std::string& name, const std::string& type,
                     const std::string& target, const aws::Resource* resource) {
  RecordKey key{name, type};
  if (records_.contains(key)) return;
  aliases_.emplace(std::move(key), Alias{std::string(zone), target, resource});
}

void Zones::AddHostedZone(const aws::HostedZone& zone) {
  name_servers_.insert_or_assign(zone.name, zone.name_servers);
}

const lab::RecordSpec* Zones::Resolve(const RecordKey& key, int depth) {
  if (const auto found = records_.find(key); found != records_.end()) return &found->second;
  const auto alias = aliases_.find(key);
  if (alias == aliases_.end() || depth >= kAliasDepthMost) return nullptr;
  return Resolve({alias->second.target, key.second}, depth + 1);
}

void Zones::AddApex(const std::string& zone, const std::vector<std::string>& name_servers) {
  auto servers = name_servers;
  if (servers.empty()) servers.emplace_back(kOwnNameServer);
  // A name that is not there yet may be there in a second: negative answers are kept no longer.
  const auto soa = aws::NormalName(servers.front()) +
                   ". awsdns-hostmaster.amazon.com. 1 7200 900 1209600 " +
                   std::to_string(Scaled(kApexTtl) > 60 ? 60 : 1);
  Add(zone, zone, "SOA", kApexTtl, {soa});
  Add(zone, zone, "NS", kApexTtl, servers);
}

std::pair<lab::NamesSpec, std::vector<std::pair<const aws::Resource*, std::string>>> Zones::Done() {
  std::vector<std::pair<const aws::Resource*, std::string>> unresolved;
  std::vector<std::pair<std::string, lab::RecordSpec>> resolved;  // with their zones
  for (const auto& [key, alias] : aliases_) {
    if (const auto* target = Resolve({alias.target, key.second}, 0); target != nullptr) {
      auto record = *target;
      record.name = key.first;
      record.ttl = std::min(record.ttl, Scaled(kAliasTtl));
      resolved.emplace_back(alias.zone, std::move(record));
    } else if (key.second == "A") {
      unresolved.emplace_back(alias.resource, alias.target);
    }
  }
  std::set<std::string> zones;
  for (const auto& [key, zone] : zone_of_) zones.insert(zone);
  for (const auto& zone : zones) {
    if (!name_servers_.contains(zone)) AddApex(zone, {});
  }
  for (const auto& [zone, servers] : name_servers_) AddApex(zone, servers);
  lab::NamesSpec names;
  for (auto& [key, record] : records_) names.zones[zone_of_[key]].push_back(record);
  for (auto& [zone, record] : resolved) names.zones[zone].push_back(std::move(record));
  for (auto& [zone, records] : names.zones) std::ranges::sort(records);
  return {std::move(names), std::move(unresolved)};
}

}  // namespace scv::control
