#include "provider/value.h"

#include <algorithm>
#include <cmath>

namespace scv::provider {
namespace {

constexpr double kInt64Edge = 9223372036854775808.0;  // 2^63

template <typename T>
std::weak_ordering Order(const T& a, const T& b) {
  return a < b ? std::weak_ordering::less
               : (b < a ? std::weak_ordering::greater : std::weak_ordering::equivalent);
}

std::weak_ordering Compare(const Value::Object& a, const Value::Object& b) {
  return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end(),
                                                [](const auto& x, const auto& y) {
                                                  const auto names = Order(x.first, y.first);
                                                  return names != 0 ? names : x.second <=> y.second;
                                                });
}

struct SameKind {
  const Value& other;
  std::weak_ordering operator()(Value::Null) const { return std::weak_ordering::equivalent; }
  std::weak_ordering operator()(Value::Unknown) const { return std::weak_ordering::equivalent; }
  std::weak_ordering operator()(const Value::Big& a) const {
    return Order(a.digits, other.As<Value::Big>()->digits);
  }
  std::weak_ordering operator()(const Value::List& a) const {
    const auto& b = *other.As<Value::List>();
    return std::lexicographical_compare_three_way(
        a.begin(), a.end(), b.begin(), b.end(),
        [](const Value& x, const Value& y) { return x <=> y; });
  }
  std::weak_ordering operator()(const Value::Object& a) const {
    return Compare(a, *other.As<Value::Object>());
  }
  template <typename T>
  std::weak_ordering operator()(const T& a) const {
    return Order(a, *other.As<T>());
  }
};

}  // namespace

Value::Value(double number) {
  if (std::trunc(number) == number && number >= -kInt64Edge && number < kInt64Edge) {
    data_ = static_cast<std::int64_t>(number);
  } else {
    data_ = number;
  }
}

bool Value::IsWhollyKnown() const {
  if (const auto* list = As<List>()) {
    return std::ranges::all_of(*list, [](const Value& v) { return v.IsWhollyKnown(); });
  }
  if (const auto* object = As<Object>()) {
    return std::ranges::all_of(*object, [](const auto& f) { return f.second.IsWhollyKnown(); });
  }
  return !is_unknown();
}

const Value& Value::operator[](std::string_view name) const {
  static const Value kNone;
  const auto* object = As<Object>();
  if (object == nullptr) return kNone;
  const auto found = object->find(name);
  return found == object->end() ? kNone : found->second;
}

Value& Value::At(std::string_view name) {
  auto& object = std::get<Object>(data_);
  const auto found = object.find(name);
  return found != object.end() ? found->second : object[std::string(name)];
}

const std::string& Value::Text() const {
  static const std::string kNone;
  const auto* text = As<std::string>();
  return text == nullptr ? kNone : *text;
}

bool Value::Flag() const {
  const auto* flag = As<bool>();
  return flag != nullptr && *flag;
}

std::int64_t Value::Number() const {
  const auto* number = As<std::int64_t>();
  return number == nullptr ? 0 : *number;
}

const Value::List& Value::Items() const {
  static const List kNone;
  const auto* list = As<List>();
  return list == nullptr ? kNone : *list;
}

const Value::Object& Value::Fields() const {
  static const Object kNone;
  const auto* object = As<Object>();
  return object == nullptr ? kNone : *object;
}

std::weak_ordering operator<=>(const Value& a, const Value& b) {
  if (a.data_.index() != b.data_.index()) return Order(a.data_.index(), b.data_.index());
  return std::visit(SameKind{b}, a.data_);
}

}  // namespace scv::provider
