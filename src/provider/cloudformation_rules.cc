#include "provider/cloudformation_rules.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <set>

#include "provider/cloudformation_reading.h"
#include "provider/cloudformation_template.h"

namespace scv::provider::cloudformation {
namespace {

namespace json = boost::json;

constexpr std::size_t kAssertionsMax = 100;  // of one rule
constexpr std::size_t kDescriptionMax = 400;

constexpr auto kOfTheAccount =
    std::to_array<std::string_view>({"Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll"});

bool LooksIntoTheAccount(const json::value& value) {
  if (const auto function = FunctionOf(value)) {
    const bool looks = std::ranges::find(kOfTheAccount, function->name) != kOfTheAccount.end();
    return looks || LooksIntoTheAccount(*function->argument);
  }
  const auto* list = value.if_array();
  return list != nullptr && std::ranges::any_of(*list, LooksIntoTheAccount);
}

// Decides one rule.
class Judge {
 public:
  Judge(const std::map<std::string, json::value>& values, std::string where)
      : values_(values), where_(std::move(where)) {}

  Result<bool> Holds(const json::value& value) const {
    const auto function = FunctionOf(value);
    if (!function) return NoCondition();
    const auto* list = function->argument->if_array();
    if (list == nullptr) return Bad(std::string(function->name) + " wants a list");
    if (function->name == "Fn::And" || function->name == "Fn::Or") {
      return Several(*list, function->name == "Fn::And");
    }
    if (function->name == "Fn::Not") {
      if (list->size() != 1) return Bad("Fn::Not wants one condition");
      SCV_ASSIGN(const bool holds, Holds(list->front()));
      return !holds;
    }
    return Compared(function->name, *list);
  }

 private:
  std::unexpected<Error> Bad(const std::string& why) const { return Wrong(where_, why); }
  std::unexpected<Error> NoCondition() const {
    return Bad(
        "wants Fn::And, Fn::Contains, Fn::EachMemberEquals, Fn::EachMemberIn, Fn::Equals, "
        "Fn::Not or Fn::Or");
  }

  Result<bool> Several(const json::array& list, bool all) const {
    if (list.size() < 2 || list.size() > 10)
      return Bad("Fn::And and Fn::Or want 2 to 10 conditions");
    bool result = all;
    for (const auto& one : list) {
      SCV_ASSIGN(const bool holds, Holds(one));
      result = all ? result && holds : result || holds;
    }
    return result;
  }

  Result<bool> Compared(std::string_view name, const json::array& list) const {
    if (list.size() != 2) return Bad(std::string(name) + " wants two values");
    SCV_ASSIGN(const auto left, Texts(list.front()));
    SCV_ASSIGN(const auto right, Texts(list.back()));
    const auto in = [](const auto& texts) {
      return [&texts, set = std::set<std::string>(texts.begin(), texts.end())](const auto& one) {
        return set.contains(one);
      };
    };
    if (name == "Fn::Equals") return left == right;
    if (name == "Fn::Contains") return std::ranges::all_of(right, in(left));
    if (name == "Fn::EachMemberEquals") return std::ranges::all_of(left, in(right));
    if (name == "Fn::EachMemberIn") return std::ranges::all_of(left, in(right));
    return NoCondition();
  }

  // A text as a list of itself.
  Result<std::vector<std::string>> Texts(const json::value& value) const {
    if (const auto* text = value.if_string()) return std::vector<std::string>{std::string(*text)};
    if (const auto function = FunctionOf(value)) {
      const auto* name = function->argument->if_string();
      if (function->name != "Ref" || name == nullptr) return Bad("a value is a text or a Ref");
      const auto found = values_.find(std::string(*name));
      if (found == values_.end()) {
        return Bad("there is no parameter " + std::string(*name).substr(0, 80));
      }
      return Texts(found->second);
    }
    if (!value.is_array()) return Bad("a value is a text, a list of them or a Ref");
    std::vector<std::string> texts;
    for (const auto& one : value.get_array()) {
      SCV_ASSIGN(const auto inner, Texts(one));
      texts.insert(texts.end(), inner.begin(), inner.end());
    }
    return texts;
  }

  const std::map<std::string, json::value>& values_;
  std::string where_;
};

Result<TemplateRule> ReadRule(const std::string& name, const json::value& value) {
  const auto where = "Rules." + name;
  SCV_TRY(CheckName(name, "Rules"));
  if (!value.is_object()) return Wrong(where, "must be a map");
  const auto& object = value.get_object();
  SCV_TRY(OnlyKeys(object, {"RuleCondition", "Assertions"}, where));
  TemplateRule rule;
  rule.name = name;
  if (const auto* condition = object.if_contains("RuleCondition")) rule.condition = *condition;
  const auto* list = object.if_contains("Assertions");
  if (list == nullptr || !list->is_array() || list->get_array().size() > kAssertionsMax) {
    return Wrong(where, "Assertions must be a list of up to 100");
  }
  for (const auto& one : list->get_array()) {
    if (!one.is_object() || !one.get_object().contains("Assert")) {
      return Wrong(where, "an assertion is a map with Assert");
    }
    SCV_TRY(OnlyKeys(one.get_object(), {"Assert", "AssertDescription"}, where));
    Assertion assertion{one.get_object().at("Assert"), {}};
    SCV_ASSIGN(assertion.description, TextAt(one.get_object(), "AssertDescription", where));
    rule.assertions.push_back(std::move(assertion));
  }
  return rule;
}

}  // namespace

Result<std::vector<TemplateRule>> ReadRules(const json::object& rules) {
  std::vector<TemplateRule> read;
  for (const auto& [name, value] : rules) {
    SCV_ASSIGN(auto rule, ReadRule(name, value));
    read.push_back(std::move(rule));
  }
  return read;
}

Result<void> CheckAssertions(const std::vector<TemplateRule>& rules,
                             const std::map<std::string, json::value>& values) {
  for (const auto& rule : rules) {
    const auto where = "Rules." + rule.name;
    const Judge judge(values, where);
    if (LooksIntoTheAccount(rule.condition)) continue;
    if (!rule.condition.is_null()) {
      SCV_ASSIGN(const bool applies, judge.Holds(rule.condition));
      if (!applies) continue;
    }
    for (const auto& assertion : rule.assertions) {
      if (LooksIntoTheAccount(assertion.what)) continue;
      SCV_ASSIGN(const bool holds, judge.Holds(assertion.what));
      if (holds) continue;
      return Wrong(where, assertion.description.empty()
                              ? "the parameters do not satisfy it"
                              : assertion.description.substr(0, kDescriptionMax));
    }
  }
  return {};
}

}  // namespace scv::provider::cloudformation
