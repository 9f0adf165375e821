#include "services/iam_condition.h"

#include <algorithm>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/json/serialize.hpp>
#include <cctype>
#include <charconv>
#include <functional>

#include "base/time.h"

namespace scv::services {
namespace {

namespace json = boost::json;

// Whether one value of the request is as one value of the policy says; nullopt: one of them is no
// value of this kind.
using Compare =
    std::function<std::optional<bool>(const std::string& asked, const std::string& has)>;
struct Operator {
  Compare compare;
  bool negated = false;  // true when none of the policy's values matches
};

std::string Lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::optional<double> Number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// RFC 3339, or seconds since the epoch.
std::optional<double> Date(const std::string& text) {
  if (const auto time = ParseRfc3339(text)) return static_cast<double>(*time) / 1000;
  return Number(text);
}

using Reader = std::optional<double> (*)(const std::string&);
Compare Ordered(Reader read, std::function<bool(double, double)> order) {
  return
      [read, order = std::move(order)](const auto& asked, const auto& has) -> std::optional<bool> {
        const auto left = read(has);
        const auto right = read(asked);
        if (!left || !right) return std::nullopt;
        return order(*left, *right);
      };
}

std::optional<bool> SameText(const std::string& asked, const std::string& has) {
  return asked == has;
}
std::optional<bool> SameFolded(const std::string& asked, const std::string& has) {
  return Lower(asked) == Lower(has);
}
std::optional<bool> LikeText(const std::string& asked, const std::string& has) {
  return MatchesWildcard(asked, has);
}

std::optional<bool> InNetwork(const std::string& asked, const std::string& has) {
  namespace ip = boost::asio::ip;
  boost::system::error_code error;
  const auto network = ip::make_network_v4(asked.contains('/') ? asked : asked + "/32", error);
  if (error) return std::nullopt;
  const auto address = ip::make_address_v4(has, error);
  if (error) return false;
  return ip::network_v4(address, network.prefix_length()).canonical() == network.canonical();
}

const std::map<std::string, Operator, std::less<>>& Operators() {
  static const std::map<std::string, Operator, std::less<>> kOperators = [] {
    std::map<std::string, Operator, std::less<>> all{
        {"StringEquals", {SameText}},
        {"StringNotEquals", {SameText, true}},
        {"StringEqualsIgnoreCase", {SameFolded}},
        {"StringNotEqualsIgnoreCase", {SameFolded, true}},
        {"StringLike", {LikeText}},
        {"StringNotLike", {LikeText, true}},
        {"ArnEquals", {LikeText}},
        {"ArnLike", {LikeText}},
        {"ArnNotEquals", {LikeText, true}},
        {"ArnNotLike", {LikeText, true}},
        {"Bool", {SameFolded}},
        {"IpAddress", {InNetwork}},
        {"NotIpAddress", {InNetwork, true}},
    };
    for (const auto& [kind, read] : {std::pair<std::string, Reader>{"Numeric", Number},
                                     std::pair<std::string, Reader>{"Date", Date}}) {
      all[kind + "Equals"] = {Ordered(read, std::equal_to<>())};
      all[kind + "NotEquals"] = {Ordered(read, std::equal_to<>()), true};
      all[kind + "LessThan"] = {Ordered(read, std::less<>())};
      all[kind + "LessThanEquals"] = {Ordered(read, std::less_equal<>())};
      all[kind + "GreaterThan"] = {Ordered(read, std::greater<>())};
      all[kind + "GreaterThanEquals"] = {Ordered(read, std::greater_equal<>())};
    }
    return all;
  }();
  return kOperators;
}

Met MeetsOne(const Operator& op, const std::vector<std::string>& wanted, const std::string& has) {
  bool any = false;
  for (const auto& value : wanted) {
    const auto same = op.compare(value, has);
    if (!same) return Met::kUnknown;
    any = any || *same;
  }
  return any != op.negated ? Met::kYes : Met::kNo;
}

// Several values of the request: ForAllValues asks each, everything else any (a negated operator
// without a set operator: each, so that one match is enough to fail).
Met MeetsSet(const Operator& op, bool each, const std::vector<std::string>& wanted,
             const std::vector<std::string>& have) {
  Met result = each ? Met::kYes : Met::kNo;
  for (const auto& value : have) {
    const Met one = MeetsOne(op, wanted, value);
    if (one == Met::kUnknown) return one;
    if (each && one == Met::kNo) result = Met::kNo;
    if (!each && one == Met::kYes) result = Met::kYes;
  }
  return result;
}

Met MeetsNull(const std::vector<std::string>& wanted, bool present) {
  if (wanted.size() != 1) return Met::kUnknown;
  const auto text = Lower(wanted.front());
  if (text != "true" && text != "false") return Met::kUnknown;
  return (text == "true") == !present ? Met::kYes : Met::kNo;
}

Met MeetsKey(std::string_view name, const std::string& key, const json::value& values,
             const IamContext& context) {
  auto texts = TextsOf(values);
  if (!texts) return Met::kUnknown;
  std::vector<std::string> wanted;
  for (const auto& text : *texts) {
    if (auto replaced = ReplaceVariables(text, context)) wanted.push_back(std::move(*replaced));
  }
  const auto found = context.find(Lower(key));
  const bool present = found != context.end() && !found->second.empty();
  if (name == "Null") return MeetsNull(*texts, present);
  const bool all = name.starts_with("ForAllValues:");
  const bool any = name.starts_with("ForAnyValue:");
  if (all || any) name.remove_prefix(name.find(':') + 1);
  const bool if_exists = name.ends_with("IfExists");
  if (if_exists) name.remove_suffix(8);
  const auto op = Operators().find(name);
  if (op == Operators().end()) return Met::kUnknown;
  // A key that the request does not have: nothing equals it, so a negated operator is met.
  if (!present) return if_exists || all || (op->second.negated && !any) ? Met::kYes : Met::kNo;
  return MeetsSet(op->second, all || (op->second.negated && !any), wanted, found->second);
}

}  // namespace

std::optional<std::vector<std::string>> TextsOf(const json::value& value) {
  std::vector<std::string> texts;
  const auto add = [&](const json::value& one) {
    if (one.is_string()) {
      texts.emplace_back(one.get_string());
    } else if (one.is_bool() || one.is_number()) {
      texts.push_back(json::serialize(one));
    } else {
      return false;
    }
    return true;
  };
  if (!value.is_array()) return add(value) ? std::optional(texts) : std::nullopt;
  for (const auto& one : value.get_array()) {
    if (!add(one)) return std::nullopt;
  }
  return texts;
}

std::optional<std::string> ReplaceVariables(std::string_view text, const IamContext& context) {
  std::string out;
  while (true) {
    const auto begin = text.find("${");
    out += text.substr(0, begin);
    if (begin == std::string_view::npos) return out;
    const auto end = text.find('}', begin);
    if (end == std::string_view::npos) return std::nullopt;
    auto name = text.substr(begin + 2, end - begin - 2);
    text.remove_prefix(end + 1);
    std::optional<std::string> otherwise;
    if (const auto comma = name.find(','); comma != std::string_view::npos) {
      auto rest = name.substr(comma + 1);
      while (rest.starts_with(' ')) rest.remove_prefix(1);
      if (rest.size() >= 2) otherwise = rest.substr(1, rest.size() - 2);
      name = name.substr(0, comma);
    }
    const auto found = context.find(Lower(name));
    if (name == "*" || name == "?" || name == "$") {
      out += name;
    } else if (found != context.end() && found->second.size() == 1) {
      out += found->second.front();
    } else if (otherwise) {
      out += *otherwise;
    } else {
      return std::nullopt;
    }
  }
}

Met MeetsConditions(const json::value& conditions, const IamContext& context) {
  if (!conditions.is_object()) return Met::kUnknown;
  Met result = Met::kYes;
  for (const auto& [name, keys] : conditions.get_object()) {
    if (!keys.is_object()) return Met::kUnknown;
    for (const auto& [key, values] : keys.get_object()) {
      const Met met = MeetsKey(name, std::string(key), values, context);
      if (met == Met::kNo) return met;
      if (met == Met::kUnknown) result = met;
    }
  }
  return result;
}

}  // namespace scv::services
