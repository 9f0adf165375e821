#include "provider/validate.h"

#include <regex.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <string>

#include "aws/arn.h"
#include "aws/ipv4.h"
#include "provider/paths.h"

namespace scv::provider {
namespace {

// Longer ones are not looked at with regular expressions; no name of AWS's is.
constexpr std::size_t kTextMax = 2048;

std::string Joined(const std::vector<std::string>& items, std::string_view between) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : std::string(between)) + item;
  return text;
}

// Whether the whole of `text` fits an extended regular expression of the type table.
bool Matches(const std::string& expression, const std::string& text) {
  regex_t compiled;
  if (::regcomp(&compiled, ("^(" + expression + ")$").c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
    return false;
  }
  const bool fits = ::regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  ::regfree(&compiled);
  return fits;
}

// What is wrong with `text`; "": nothing.
std::string FormProblem(const std::string& form, const std::string& text) {
  if (form == "cidr") {
    const auto prefix = aws::ParsePrefix(text);
    if (!prefix.has_value()) return "must be an IPv4 prefix such as 10.0.0.0/16";
    const auto exact = aws::FormatPrefix(*prefix);
    return exact == text ? "" : "has host bits set; write " + exact;
  }
  if (form == "json") {
    boost::system::error_code failed;
    boost::json::parse(text, failed);
    return failed ? "must be JSON; use jsonencode() or a policy document" : "";
  }
  if (form == "arn") return aws::ParseArn(text) ? "" : "must be an ARN (arn:aws:…)";
  if (text.size() > kTextMax) return "is too long";
  return Matches(form, text) ? "" : "must match " + form;
}

std::string Problem(const Rule& rule, const Value& value) {
  const auto* number = value.As<std::int64_t>();
  const auto* text = value.As<std::string>();
  if (!rule.one_of.empty()) {
    const auto given = number != nullptr ? std::to_string(*number) : value.Text();
    if (!std::ranges::count(rule.one_of, given)) {
      return "must be one of " + Joined(rule.one_of, ", ");
    }
  }
  const auto size = number != nullptr ? *number
                    : text != nullptr ? static_cast<std::int64_t>(text->size())
                                      : 0;
  const std::string unit = text != nullptr ? " characters long" : "";
  if ((number != nullptr || text != nullptr) &&
      ((rule.least && size < *rule.least) || (rule.most && size > *rule.most))) {
    if (!rule.most) return "must be at least " + std::to_string(*rule.least) + unit;
    if (!rule.least) return "must be at most " + std::to_string(*rule.most) + unit;
    return "must be " + std::to_string(*rule.least) + " to " + std::to_string(*rule.most) + unit;
  }
  if (!rule.not_prefix.empty() && text != nullptr && text->starts_with(rule.not_prefix)) {
    return "must not begin with " + rule.not_prefix;
  }
  return rule.form.empty() || text == nullptr ? "" : FormProblem(rule.form, *text);
}

// What is unknown may still turn out to be null.
bool IsGiven(const Value& value) {
  const auto* list = value.As<Value::List>();
  return !value.is_null() && !value.is_unknown() && (list == nullptr || !list->empty());
}

void CheckCounts(const Entry& entry, const Value& config, Diagnostics& problems) {
  const auto given = [&](const std::vector<std::string>& names) {
    return std::ranges::count_if(names, [&](const auto& name) { return IsGiven(config[name]); });
  };
  for (const auto& names : entry.exactly_one) {
    const auto count = given(names);
    const bool undecided =
        std::ranges::any_of(names, [&](const auto& name) { return config[name].is_unknown(); });
    if (count == 1 || (count == 0 && undecided)) continue;
    problems.push_back(
        {.summary = count == 0 ? "Missing argument" : "Arguments that exclude each other",
         .detail = "Exactly one of " + Joined(names, ", ") + " must be set.",
         .path = {}});
  }
  for (const auto& names : entry.conflicts) {
    if (given(names) < 2) continue;
    problems.push_back({.summary = "Arguments that exclude each other",
                        .detail = "At most one of " + Joined(names, ", ") + " may be set.",
                        .path = {AttributeStep(names.front())}});
  }
}

}  // namespace

Diagnostics CheckRules(const Entry& entry, const Value& config) {
  Diagnostics problems;
  for (const auto& rule : entry.rules) {
    const auto check = [&](const Value& value, const Path& path) {
      if (value.is_null() || value.is_unknown()) return;
      const auto problem = Problem(rule, value);
      if (problem.empty()) return;
      problems.push_back({.summary = "Invalid value for " + Describe(path),
                          .detail = Describe(path) + " " + problem + "." +
                                    (rule.remedy.empty() ? "" : " " + rule.remedy),
                          .path = path});
    };
    Visit(config, rule.path, [&](const Value& value, const Path& path) {
      if (value.As<Value::List>() == nullptr) return check(value, path);
      for (const auto& item : value.Items()) check(item, path);
    });
  }
  CheckCounts(entry, config, problems);
  return problems;
}

}  // namespace scv::provider
