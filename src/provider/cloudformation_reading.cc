#include "provider/cloudformation_reading.h"

#include <algorithm>
#include <cctype>

namespace scv::provider::cloudformation {

namespace json = boost::json;

namespace {

constexpr std::size_t kNameMax = 255;

}  // namespace

std::unexpected<Error> Wrong(const std::string& where, const std::string& why) {
  return Fail(ErrorKind::kInvalid, where + ": " + why);
}

Result<const json::object*> ObjectAt(const json::object& parent, std::string_view name,
                                     const std::string& where) {
  static const json::object kNone;
  const auto* found = parent.if_contains(name);
  if (found == nullptr) return &kNone;
  if (!found->is_object()) return Wrong(where, std::string(name) + " must be a map");
  return &found->get_object();
}

Result<std::string> TextAt(const json::object& parent, std::string_view name,
                           const std::string& where) {
  const auto* found = parent.if_contains(name);
  if (found == nullptr) return std::string();
  if (!found->is_string()) return Wrong(where, std::string(name) + " must be a text");
  return std::string(found->get_string());
}

Result<void> OnlyKeys(const json::object& object, std::initializer_list<std::string_view> allowed,
                      const std::string& where) {
  for (const auto& entry : object) {
    const std::string_view key = entry.key();
    if (std::ranges::find(allowed, key) != allowed.end()) continue;
    std::string list;
    for (const auto name : allowed) list += (list.empty() ? "" : ", ") + std::string(name);
    return Wrong(where,
                 "the lab does not support " + std::string(key).substr(0, 80) + "; only " + list);
  }
  return {};
}

Result<void> CheckName(std::string_view name, const std::string& where) {
  const bool fine = !name.empty() && name.size() <= kNameMax &&
                    std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0; });
  if (fine) return {};
  return Wrong(where,
               "the name " + std::string(name.substr(0, 80)) + " must be of letters and digits");
}

}  // namespace scv::provider::cloudformation
