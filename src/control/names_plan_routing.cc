#include "control/names_plan_routing.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "lab/geography.h"

namespace scv::control {
namespace {

using aws::RoutingPolicy;
using Variants = std::vector<const NameVariant*>;

// Route 53 answers with at most eight.
constexpr std::size_t kMultivalueMost = 8;

// Services whose own names the lab answers nothing for, by the zones of those names.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
std::string_view RecordedServiceOf(std::string_view alias_name) {
  if (alias_name.ends_with(".cloudfront.net")) return "CloudFront";
  if (alias_name.ends_with(".awsglobalaccelerator.com")) return "Global Accelerator";
  return "";
}

// Those that can be answered at all, in a fixed order.
Variants Answerable(const std::vector<NameVariant>& set) {
  Variants variants;
  for (const auto& variant : set) {
    if (variant.answer && NotServed(*variant.record).empty()) variants.push_back(&variant);
  }
  std::ranges::stable_sort(variants, {},
                           [](const NameVariant* v) { return v->record->set_identifier; });
  return variants;
}

const NameVariant* FirstOf(const Variants& variants, std::string_view failover_type) {
  const auto found = std::ranges::find_if(variants, [&](const NameVariant* variant) {
    return variant->record->failover_type == failover_type;
  });
  return found == variants.end() ? nullptr : *found;
}

NameAnswer Failover(const Variants& variants) {
  const auto* primary = FirstOf(variants, "PRIMARY");
  const auto* secondary = FirstOf(variants, "SECONDARY");
  if (primary == nullptr) primary = secondary == nullptr ? variants.front() : secondary;
  const bool switched =
      !primary->answer->healthy && secondary != nullptr && secondary->answer->healthy;
  return switched ? *secondary->answer : *primary->answer;
}

Variants Healthy(const Variants& variants) {
  Variants healthy;
  for (const auto* variant : variants) {
    if (variant->answer->healthy) healthy.push_back(variant);
  }
  return healthy;
}

// Records of weight zero are only answered when no other is healthy.
Variants WithWeight(const Variants& variants) {
  Variants weighted;
  for (const auto* variant : variants) {
    if (variant->record->weight > 0) weighted.push_back(variant);
  }
  return weighted;
}

NameAnswer Together(const Variants& variants, bool healthy) {
  NameAnswer answer = *variants.front()->answer;
  answer.by_location.clear();
  answer.healthy = healthy;
  for (const auto* variant : variants) {
    answer.ttl = std::min(answer.ttl, variant->answer->ttl);
    answer.values.insert(answer.values.end(), variant->answer->values.begin(),
                         variant->answer->values.end());
  }
  std::ranges::sort(answer.values);
  const auto rest = std::ranges::unique(answer.values);
  answer.values.erase(rest.begin(), rest.end());
  return answer;
}

NameAnswer Weighted(const Variants& variants) {
  const auto healthy = Healthy(variants);
  if (const auto chosen = WithWeight(healthy); !chosen.empty()) return Together(chosen, true);
  if (!healthy.empty()) return Together(healthy, true);
  const auto weighted = WithWeight(variants);
  return Together(weighted.empty() ? variants : weighted, false);
}

NameAnswer Multivalue(const Variants& variants) {
  const auto healthy = Healthy(variants);
  auto answer = Together(healthy.empty() ? variants : healthy, !healthy.empty());
  if (answer.values.size() > kMultivalueMost) answer.values.resize(kMultivalueMost);
  return answer;
}

// "" is the default.
std::string LocationOf(const aws::DnsRecord& record) {
  if (!record.continent.empty()) return std::string(lab::kContinentPrefix) + record.continent;
  return record.country == "*" ? "" : record.country;
}

// The place itself, its continent, everywhere.
std::vector<std::string> ChainOf(const std::string& location) {
  if (location.empty()) return {location};
  if (location.starts_with(lab::kContinentPrefix)) return {location, ""};
  return {location, std::string(lab::kContinentPrefix) + std::string(lab::ContinentOf(location)),
          ""};
}

// What a client at `location` gets of an answer that may itself depend on where the client is.
const std::vector<std::string>& ValuesAt(const NameAnswer& answer, const std::string& location) {
  for (const auto& step : ChainOf(location)) {
    const auto found = answer.by_location.find(step);
    if (found != answer.by_location.end()) return found->second;
  }
  return answer.values;
}

using ByLocation = std::map<std::string, const NameAnswer*>;

// If none of the chain is healthy, all count as healthy.
const NameAnswer* AnswerAt(const ByLocation& records, const std::string& location) {
  const NameAnswer* first = nullptr;
  for (const auto& step : ChainOf(location)) {
    const auto found = records.find(step);
    if (found == records.end()) continue;
    if (found->second->healthy) return found->second;
    if (first == nullptr) first = found->second;
  }
  return first;
}

NameAnswer Geolocation(const Variants& variants) {
  ByLocation records;
  NameAnswer answer;
  answer.ttl = variants.front()->answer->ttl;
  answer.healthy = !Healthy(variants).empty();
  for (const auto* variant : variants) {
    records.try_emplace(LocationOf(*variant->record), &*variant->answer);
    answer.ttl = std::min(answer.ttl, variant->answer->ttl);
  }
  std::set<std::string> locations;
  for (const auto& [location, record] : records) {
    locations.insert(location);
    for (const auto& [inner, values] : record->by_location) locations.insert(inner);
  }
  for (const auto& location : locations) {
    const auto* chosen = AnswerAt(records, location);
    if (location.empty()) {
      answer.values = chosen->values;
    } else if (chosen != nullptr) {
      answer.by_location[location] = ValuesAt(*chosen, location);
    }
  }
  return answer;
}

}  // namespace

std::optional<NameAnswer> Choose(const std::vector<NameVariant>& set) {
  const auto variants = Answerable(set);
  if (variants.empty()) return std::nullopt;
  switch (variants.front()->record->policy) {
    case RoutingPolicy::kFailover:
      return Failover(variants);
    case RoutingPolicy::kWeighted:
      return Weighted(variants);
    case RoutingPolicy::kMultivalue:
      return Multivalue(variants);
    case RoutingPolicy::kGeolocation:
      return Geolocation(variants);
    default:
      return *variants.front()->answer;
  }
}

std::string NotServed(const aws::DnsRecord& record) {
  if (const auto service = RecordedServiceOf(record.alias_name); !service.empty()) {
    return "its alias leads to " + std::string(service) + ", which the lab only records";
  }
  if (record.policy != RoutingPolicy::kLatency && record.policy != RoutingPolicy::kOther) return "";
  return "records with " + std::string(Name(record.policy)) + " routing are not served";
}

std::string Approximated(const aws::DnsRecord& record) {
  if (record.policy != RoutingPolicy::kWeighted) return "";
  return "weights are not honoured: every healthy record with a weight above 0 is answered";
}

}  // namespace scv::control
