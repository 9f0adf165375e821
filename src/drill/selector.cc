#include "drill/selector.h"

#include <vector>

namespace scv::drill {
namespace {

constexpr std::string_view kNamed = "named ";
constexpr std::size_t kNameLengthMax = 255;

// Whether `text` is one of the words in `all`, or names something itself.
bool IsOneOf(std::string_view text, std::string_view all) {
  if (text.starts_with(kNamed)) {
    return text.size() > kNamed.size() && text.size() <= kNamed.size() + kNameLengthMax;
  }
  while (!all.empty()) {
    const auto word = all.substr(0, all.find(", "));
    if (text == word) return true;
    all.remove_prefix(std::min(all.size(), word.size() + 2));
  }
  return false;
}

Error Missing(std::string_view selector) {
  return {ErrorKind::kNotFound, "the lab has nothing that is \"" + std::string(selector) +
                                    "\" now; `scv status` shows what it has"};
}

// The AWS name of an instance's fleet has its tier in it: memo-was, memo-web.
Result<std::string> SelectInstance(std::string_view tier, std::string_view selector,
                                   const Picture& picture, std::uint64_t chance) {
  std::vector<const Picture::Instance*> found;
  for (const auto& instance : picture.instances) {
    const bool there = instance.serving && instance.region == picture.writer_region;
    if (there && instance.fleet.find(tier) != std::string::npos) found.push_back(&instance);
  }
  if (found.empty()) return std::unexpected(Missing(selector));
  return found[chance % found.size()]->id;
}

}  // namespace

bool IsPartSelector(std::string_view text) { return IsOneOf(text, kPartSelectors); }
bool IsZoneSelector(std::string_view text) { return IsOneOf(text, kZoneSelectors); }
bool IsRegionSelector(std::string_view text) { return IsOneOf(text, kRegionSelectors); }

Result<std::string> SelectPart(std::string_view selector, const Picture& picture,
                               std::uint64_t chance) {
  if (selector.starts_with(kNamed)) return std::string(selector.substr(kNamed.size()));
  if (selector == "name server") return std::string("dns/global/internet");
  if (selector == "any was instance") return SelectInstance("was", selector, picture, chance);
  if (selector == "any web instance") return SelectInstance("web", selector, picture, chance);
  const auto* node = picture.FindRole(selector);
  if (node == nullptr) return std::unexpected(Missing(selector));
  // With the region: two may have the same name.
  return "db/" + node->region + "/" + node->node;
}

Result<Zone> SelectZone(std::string_view selector, const Picture& picture, std::uint64_t chance) {
  if (selector.starts_with(kNamed)) {
    const std::string zone(selector.substr(kNamed.size()));
    return Zone{zone.substr(0, zone.size() - 1), zone};  // ap-northeast-2a
  }
  if (selector == "any zone") {
    std::vector<Zone> zones;
    for (const auto& instance : picture.instances) {
      if (instance.region == picture.writer_region)
        zones.push_back({instance.region, instance.zone});
    }
    if (zones.empty()) return std::unexpected(Missing(selector));
    return zones[chance % zones.size()];
  }
  const auto* node = picture.FindRole(selector == "zone of the primary" ? "primary" : "standby");
  if (node == nullptr) return std::unexpected(Missing(selector));
  return Zone{node->region, node->zone};
}

Result<std::string> SelectRegion(std::string_view selector, const Picture& picture) {
  if (selector.starts_with(kNamed)) return std::string(selector.substr(kNamed.size()));
  for (const auto& region : picture.regions) {
    if ((region == picture.writer_region) == (selector == "primary region")) return region;
  }
  return std::unexpected(Missing(selector));
}

}  // namespace scv::drill
