#include "control/names_plan_zones.h"

#include <algorithm>
#include <array>
#include <optional>

#include "aws/resource.h"

namespace scv::control {
namespace {

constexpr std::string_view kOwnNameServer = "ns.lab.internal";
constexpr int kAliasDepthMost = 8;
constexpr int kApexTtl = 900;

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
                std::vector<std::string> values, bool healthy) {
  RecordKey key{name, type};
  if (answers_.contains(key) || values.empty()) return;
  NameAnswer answer;
  answer.ttl = Scaled(ttl);
  answer.healthy = healthy;
  for (const auto& value : values) answer.values.push_back(ZoneFileValue(type, value));
  std::ranges::sort(answer.values);
  zone_of_.emplace(key, zone);
  answers_.emplace(std::move(key), std::move(answer));
}

void Zones::AddAws(const std::string& name, int ttl, std::vector<std::string> addresses,
                   bool healthy) {
  constexpr std::string_view kAws = "amazonaws.com";
  const auto dot = name.find('.');
  if (dot == std::string::npos) return;
  const bool own = name.ends_with('.' + std::string(kAws));
  Add(own ? kAws : std::string_view(name).substr(dot + 1), name, "A", ttl, std::move(addresses),
      healthy);
}

void Zones::AddHostedZone(const aws::HostedZone& zone) {
  name_servers_.insert_or_assign(zone.name, zone.name_servers);
}

std::string_view Zones::HostedZoneOf(std::string_view name) const {
  for (;;) {
    if (const auto zone = name_servers_.find(std::string(name)); zone != name_servers_.end()) {
      return zone->first;
    }
    const auto dot = name.find('.');
    if (dot == std::string_view::npos) return "";
    name.remove_prefix(dot + 1);
  }
}

void Zones::AddRecord(const aws::HostedZone& zone, const aws::DnsRecord& record) {
  RecordKey key{aws::FullName(record, zone.name), record.type};
  if (HostedZoneOf(key.first) != zone.name) return;
  auto& set = sets_[std::move(key)];
  set.zone = zone.name;
  set.records.push_back(&record);
}

std::optional<NameAnswer> Zones::AnswerOf(const aws::DnsRecord& record, int depth) {
  NameAnswer answer;
  const bool checked = !unhealthy_checks_->contains(record.health_check_id);
  if (!record.alias_name.empty()) {
    const auto* target = Resolve({record.alias_name, record.type}, depth + 1);
    if (target == nullptr) return std::nullopt;
    answer = *target;  // its time to live, too
    answer.healthy = checked && (answer.healthy || !record.evaluate_target_health);
    return answer;
  }
  if (record.values.empty()) return std::nullopt;
  answer.ttl = Scaled(record.ttl);
  answer.healthy = checked;
  for (const auto& value : record.values) {
    answer.values.push_back(ZoneFileValue(record.type, value));
  }
  std::ranges::sort(answer.values);
  return answer;
}

const NameAnswer* Zones::Resolve(const RecordKey& key, int depth) {
  if (const auto found = answers_.find(key); found != answers_.end()) return &found->second;
  const auto set = sets_.find(key);
  if (set == sets_.end() || depth > kAliasDepthMost) return nullptr;
  const auto [chosen, is_new] = chosen_.try_emplace(key);
  if (is_new) {
    std::vector<NameVariant> variants;
    for (const auto* record : set->second.records) {
      variants.push_back({record, AnswerOf(*record, depth)});
    }
    chosen->second = Choose(variants);
  }
  return chosen->second ? &*chosen->second : nullptr;
}

void Zones::AddApex(const std::string& zone, const std::vector<std::string>& name_servers) {
  auto servers = name_servers;
  if (servers.empty()) servers.emplace_back(kOwnNameServer);
  // A name that is not there yet may be there in a second: negative answers are kept no longer.
  const auto soa = aws::NormalName(servers.front()) +
                   ". awsdns-hostmaster.amazon.com. 1 7200 900 1209600 " +
                   std::to_string(Scaled(kApexTtl) > 60 ? 60 : 1);
  if (!sets_.contains({zone, "SOA"})) Add(zone, zone, "SOA", kApexTtl, {soa});
  if (!sets_.contains({zone, "NS"})) Add(zone, zone, "NS", kApexTtl, servers);
}

void Zones::Put(lab::NamesSpec& names, const std::string& zone, const RecordKey& key,
                const NameAnswer& answer) const {
  lab::RecordSpec record;
  record.name = key.first;
  record.type = key.second;
  record.ttl = answer.ttl;
  record.values = answer.values;
  record.by_location = answer.by_location;
  names.zones[zone].push_back(std::move(record));
}

std::pair<lab::NamesSpec, Zones::Unresolved> Zones::Done() {
  std::set<std::string> zones;
  for (const auto& [key, zone] : zone_of_) zones.insert(zone);
  for (const auto& zone : zones) {
    if (!name_servers_.contains(zone)) AddApex(zone, {});
  }
  for (const auto& [zone, servers] : name_servers_) AddApex(zone, servers);
  Unresolved unresolved;
  lab::NamesSpec names;
  for (const auto& [key, answer] : answers_) Put(names, zone_of_[key], key, answer);
  for (const auto& [key, set] : sets_) {
    if (answers_.contains(key)) continue;  // AWS's own name
    if (const auto* answer = Resolve(key, 0); answer != nullptr) Put(names, set.zone, key, *answer);
    for (const auto* record : set.records) {
      if (record->alias_name.empty() || key.second != "A") continue;
      if (!NotServed(*record).empty()) continue;  // left out, so it waits for nothing
      if (Resolve({record->alias_name, key.second}, 0) == nullptr) {
        unresolved.emplace_back(record->resource, record->alias_name);
      }
    }
  }
  for (auto& [zone, records] : names.zones) std::ranges::sort(records);
  return {std::move(names), std::move(unresolved)};
}

}  // namespace scv::control
