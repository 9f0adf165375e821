// Terraform's values as they cross the plugin protocol.
#ifndef SCV_PROVIDER_VALUE_H_
#define SCV_PROVIDER_VALUE_H_

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace scv::provider {

// A plain value: copied, compared, ordered. Lists, sets and tuples are a List (Conform() sorts
// sets, so that equal sets are equal lists); maps and objects are an Object.
class Value {
 public:
  struct Null {};
  struct Unknown {};  // known only after apply
  struct Big {        // a number that neither int64 nor double holds, in decimal
    std::string digits;
  };
  using List = std::vector<Value>;
  using Object = std::map<std::string, Value, std::less<>>;

  Value() = default;  // null
  Value(Unknown unknown) : data_(unknown) {}
  Value(Big big) : data_(std::move(big)) {}
  explicit Value(bool flag) : data_(flag) {}
  explicit Value(std::int64_t number) : data_(number) {}
  explicit Value(int number) : data_(std::int64_t{number}) {}
  explicit Value(double number);  // an integral one becomes an int64
  explicit Value(std::string text) : data_(std::move(text)) {}
  explicit Value(std::string_view text) : data_(std::string(text)) {}
  explicit Value(const char* text) : data_(std::string(text)) {}
  explicit Value(List list) : data_(std::move(list)) {}
  explicit Value(Object object) : data_(std::move(object)) {}

  bool is_null() const { return std::holds_alternative<Null>(data_); }
  bool is_unknown() const { return std::holds_alternative<Unknown>(data_); }
  // Whether nothing in it is unknown.
  bool IsWhollyKnown() const;
  template <typename T>
  const T* As() const {
    return std::get_if<T>(&data_);
  }
  template <typename T>
  T* As() {
    return std::get_if<T>(&data_);
  }
  const auto& data() const { return data_; }

  // Of an Object; null where it is none or has no such name.
  const Value& operator[](std::string_view name) const;
  // Of an Object, made when missing. The value must be an Object.
  Value& At(std::string_view name);
  // "" unless it is a string.
  const std::string& Text() const;
  bool Flag() const;            // false unless it is a bool
  std::int64_t Number() const;  // 0 unless it is a whole number
  const List& Items() const;    // empty unless it is a list
  const Object& Fields() const;

  friend std::weak_ordering operator<=>(const Value& a, const Value& b);
  friend bool operator==(const Value& a, const Value& b) { return (a <=> b) == 0; }

 private:
  std::variant<Null, Unknown, bool, std::int64_t, double, Big, std::string, List, Object> data_;
};

}  // namespace scv::provider

#endif  // SCV_PROVIDER_VALUE_H_
