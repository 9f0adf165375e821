#include "provider/conform.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

namespace scv::provider {
namespace {

namespace json = boost::json;

Value ToNumber(const Value& value) {
  if (value.As<std::int64_t>() != nullptr || value.As<double>() != nullptr ||
      value.As<Value::Big>() != nullptr) {
    return value;
  }
  const auto& text = value.Text();
  std::int64_t whole = 0;
  const auto* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, whole).ptr == end && !text.empty()) return Value(whole);
  double real = 0;
  if (std::from_chars(text.data(), end, real).ptr == end && std::isfinite(real) && !text.empty()) {
    // More digits than a double holds: keep them.
    if (text.size() > 15) return Value(Value::Big{text});
    return Value(real);
  }
  return {};
}

Value ToText(const Value& value) {
  if (const auto* flag = value.As<bool>()) return Value(*flag ? "true" : "false");
  if (const auto* number = value.As<std::int64_t>()) return Value(std::to_string(*number));
  if (const auto* big = value.As<Value::Big>()) return Value(big->digits);
  return value.As<std::string>() != nullptr ? value : Value();
}

Value ToFlag(const Value& value) {
  if (value.Text() == "true" || value.Text() == "false") return Value(value.Text() == "true");
  return value.As<bool>() != nullptr ? value : Value();
}

void Normalise(Value::List& set) {
  std::ranges::sort(set, [](const Value& a, const Value& b) { return a < b; });
  const auto same = std::ranges::unique(
      set, [](const Value& a, const Value& b) { return a == b && a.IsWhollyKnown(); });
  set.erase(same.begin(), same.end());
}

Value ConformList(const Value& value, const Type& type) {
  if (value.As<Value::List>() == nullptr) return {};
  Value::List list;
  for (const auto& item : value.Items()) list.push_back(Conform(item, *type.element));
  if (type.kind == Type::Kind::kSet) Normalise(list);
  return Value(std::move(list));
}

Value ConformMap(const Value& value, const Type& type) {
  if (value.As<Value::Object>() == nullptr) return {};
  Value::Object object;
  for (const auto& [name, item] : value.Fields()) object[name] = Conform(item, *type.element);
  return Value(std::move(object));
}

Value ConformObject(const Value& value, const Type& type) {
  if (value.As<Value::Object>() == nullptr) return {};
  Value::Object object;
  for (const auto& [name, inner] : type.attributes) object[name] = Conform(value[name], inner);
  return Value(std::move(object));
}

Value ConformNested(const Value& value, const NestedBlock& nested) {
  using Nesting = NestedBlock::Nesting;
  if (value.is_unknown()) return value;
  if (nested.nesting == Nesting::kSingle) {
    return value.As<Value::Object>() == nullptr ? Value() : Conform(value, nested.block);
  }
  if (nested.nesting == Nesting::kMap) {
    Value::Object object;
    for (const auto& [name, item] : value.Fields()) object[name] = Conform(item, nested.block);
    return Value(std::move(object));
  }
  Value::List list;
  for (const auto& item : value.Items()) {
    if (!item.is_null()) list.push_back(Conform(item, nested.block));
  }
  if (nested.nesting == Nesting::kSet) Normalise(list);
  return Value(std::move(list));
}

struct JsonWriter {
  json::value operator()(Value::Null) const { return nullptr; }
  json::value operator()(Value::Unknown) const { return nullptr; }
  json::value operator()(bool flag) const { return flag; }
  json::value operator()(std::int64_t number) const { return number; }
  json::value operator()(double number) const { return number; }
  json::value operator()(const Value::Big& number) const { return json::string(number.digits); }
  json::value operator()(const std::string& text) const { return json::string(text); }
  json::value operator()(const Value::List& list) const {
    json::array array;
    for (const auto& item : list) array.push_back(ToJson(item));
    return array;
  }
  json::value operator()(const Value::Object& fields) const {
    json::object object;
    for (const auto& [name, item] : fields) object[name] = ToJson(item);
    return object;
  }
};

}  // namespace

Value Conform(const Value& value, const Type& type) {
  if (value.is_null() || value.is_unknown()) return value;
  switch (type.kind) {
    case Type::Kind::kString:
      return ToText(value);
    case Type::Kind::kNumber:
      return ToNumber(value);
    case Type::Kind::kBool:
      return ToFlag(value);
    case Type::Kind::kList:
    case Type::Kind::kSet:
      return ConformList(value, type);
    case Type::Kind::kMap:
      return ConformMap(value, type);
    case Type::Kind::kObject:
      return ConformObject(value, type);
  }
  return {};
}

Value Conform(const Value& value, const Block& block) {
  if (value.As<Value::Object>() == nullptr) return value;
  Value::Object object;
  for (const auto& [name, attribute] : block.attributes) {
    object[name] = Conform(value[name], attribute.type);
  }
  for (const auto& [name, nested] : block.blocks) object[name] = ConformNested(value[name], nested);
  return Value(std::move(object));
}

json::value ToJson(const Value& value) { return std::visit(JsonWriter{}, value.data()); }

json::object ToJsonObject(const Value& value) {
  auto converted = ToJson(value);
  return converted.is_object() ? std::move(converted.get_object()) : json::object();
}

Value FromJson(const json::value& value) {
  switch (value.kind()) {
    case json::kind::bool_:
      return Value(value.get_bool());
    case json::kind::int64:
      return Value(value.get_int64());
    case json::kind::uint64:
      return Value(Value::Big{std::to_string(value.get_uint64())});
    case json::kind::double_:
      return Value(value.get_double());
    case json::kind::string:
      return Value(std::string_view(value.get_string()));
    case json::kind::array: {
      Value::List list;
      for (const auto& item : value.get_array()) list.push_back(FromJson(item));
      return Value(std::move(list));
    }
    case json::kind::object: {
      Value::Object object;
      for (const auto& [name, item] : value.get_object()) object[name] = FromJson(item);
      return Value(std::move(object));
    }
    case json::kind::null:
      break;
  }
  return {};
}

}  // namespace scv::provider
