#include "drill/json_read.h"

namespace scv::drill {

namespace json = boost::json;

std::string Text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

long long Number(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_number()) return 0;
  return value->is_double() ? static_cast<long long>(value->get_double())
                            : value->to_number<long long>();
}

double Real(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_number() ? value->to_number<double>() : 0;
}

bool Flag(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::vector<const json::object*> Objects(const json::object& object, std::string_view name) {
  std::vector<const json::object*> found;
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_array()) return found;
  for (const auto& item : value->get_array()) {
    if (item.is_object()) found.push_back(&item.get_object());
  }
  return found;
}

std::vector<std::string> Texts(const json::object& object, std::string_view name) {
  std::vector<std::string> found;
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_array()) return found;
  for (const auto& item : value->get_array()) {
    if (item.is_string()) found.emplace_back(item.get_string());
  }
  return found;
}

const json::object* Object(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_object() ? &value->get_object() : nullptr;
}

}  // namespace scv::drill
