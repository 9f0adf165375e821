#include "provider/zones.h"

#include <map>

namespace scv::provider {
namespace {

// "apne2" of "ap-northeast-2".
std::string ShortName(std::string_view region) {
  static const std::map<std::string_view, std::string_view> kWords{
      {"northeast", "ne"}, {"southeast", "se"}, {"northwest", "nw"},
      {"southwest", "sw"}, {"north", "n"},      {"south", "s"},
      {"east", "e"},       {"west", "w"},       {"central", "c"}};
  std::string text;
  while (!region.empty()) {
    const auto dash = region.find('-');
    const auto word = region.substr(0, dash);
    const auto known = kWords.find(word);
    text += known == kWords.end() ? word : known->second;
    region = dash == std::string_view::npos ? std::string_view() : region.substr(dash + 1);
  }
  return text;
}

}  // namespace

std::vector<Zone> ZonesOf(std::string_view region) {
  const std::string name(region);
  // Tokyo has no b for accounts of today.
  if (region == "ap-northeast-1") {
    return {{name + "a", "apne1-az4"}, {name + "c", "apne1-az1"}, {name + "d", "apne1-az2"}};
  }
  const std::string_view letters = region == "ap-northeast-2" ? "abcd" : "abc";
  std::vector<Zone> zones;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    zones.push_back({name + letters[i], ShortName(region) + "-az" + std::to_string(i + 1)});
  }
  return zones;
}

}  // namespace scv::provider
