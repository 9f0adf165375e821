#include "services/iam_policy.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cctype>

#include "services/iam_condition.h"

namespace scv::services {
namespace {

namespace json = boost::json;

std::string Lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

Met Not(Met met) {
  if (met == Met::kUnknown) return met;
  return met == Met::kYes ? Met::kNo : Met::kYes;
}

// "s3:Get*": without regard to case.
Met MatchesAction(const json::value& element, const IamRequest& request) {
  const auto texts = TextsOf(element);
  if (!texts) return Met::kUnknown;
  const auto action = Lower(request.action);
  const bool any = std::ranges::any_of(
      *texts, [&](const auto& text) { return MatchesWildcard(Lower(text), action); });
  return any ? Met::kYes : Met::kNo;
}

Met MatchesResource(const json::value& element, const IamRequest& request) {
  const auto texts = TextsOf(element);
  if (!texts) return Met::kUnknown;
  const bool any = std::ranges::any_of(*texts, [&](const auto& text) {
    const auto pattern = ReplaceVariables(text, request.context);
    return pattern && MatchesWildcard(*pattern, request.resource);
  });
  return any ? Met::kYes : Met::kNo;
}

// The account as a principal stands for its identity policies: in a Deny it is everyone in it, in
// an Allow it gives nobody anything by itself.
bool IsPrincipal(const std::string& text, const IamRequest& request, bool deny) {
  if (text == "*") return true;
  const bool account =
      text == request.account || text == "arn:aws:iam::" + request.account + ":root";
  if (account) return deny && !request.principals.empty();
  return std::ranges::find(request.principals, text) != request.principals.end();
}

Met MatchesPrincipal(const json::value& element, const IamRequest& request, bool deny) {
  if (element.is_string()) return element.get_string() == "*" ? Met::kYes : Met::kUnknown;
  if (!element.is_object()) return Met::kUnknown;
  for (const auto& [kind, values] : element.get_object()) {
    const auto texts = TextsOf(values);
    if (!texts) return Met::kUnknown;
    // Services and federated users are none of the lab's callers, except by "*".
    const bool mine = kind == "AWS" || kind == "*";
    for (const auto& text : *texts) {
      if (mine && IsPrincipal(text, request, deny)) return Met::kYes;
    }
  }
  return Met::kNo;
}

// One of two elements has to be there, and matches or is not to match.
template <typename Match>
Met Either(const json::object& statement, std::string_view name, std::string_view negated,
           Match match) {
  if (const auto* element = statement.if_contains(name)) return match(*element);
  if (const auto* element = statement.if_contains(negated)) return Not(match(*element));
  return Met::kUnknown;
}

Met Applies(const json::object& statement, const IamRequest& request, bool has_principal,
            bool deny) {
  std::vector<Met> parts;
  parts.push_back(Either(statement, "Action", "NotAction",
                         [&](const auto& e) { return MatchesAction(e, request); }));
  parts.push_back(Either(statement, "Resource", "NotResource",
                         [&](const auto& e) { return MatchesResource(e, request); }));
  if (has_principal) {
    parts.push_back(Either(statement, "Principal", "NotPrincipal",
                           [&](const auto& e) { return MatchesPrincipal(e, request, deny); }));
  }
  if (const auto* conditions = statement.if_contains("Condition")) {
    parts.push_back(MeetsConditions(*conditions, request.context));
  }
  if (std::ranges::find(parts, Met::kNo) != parts.end()) return Met::kNo;
  return std::ranges::find(parts, Met::kUnknown) != parts.end() ? Met::kUnknown : Met::kYes;
}

Verdict EvaluateStatement(const json::value& value, const IamRequest& request, bool has_principal) {
  if (!value.is_object()) return Verdict::kNotAllowed;
  const auto& statement = value.get_object();
  const auto* effect = statement.if_contains("Effect");
  if (effect == nullptr || !effect->is_string()) return Verdict::kNotAllowed;
  const bool deny = effect->get_string() == "Deny";
  const Met met = Applies(statement, request, has_principal, deny);
  if (deny) return met == Met::kNo ? Verdict::kNotAllowed : Verdict::kDenied;
  const bool allows = effect->get_string() == "Allow" && met == Met::kYes;
  return allows ? Verdict::kAllowed : Verdict::kNotAllowed;
}

Verdict EvaluateDocument(const std::string& text, const IamRequest& request, bool has_principal) {
  boost::system::error_code error;
  const auto document = json::parse(text, error);
  if (error || !document.is_object()) return Verdict::kNotAllowed;
  const auto* statements = document.get_object().if_contains("Statement");
  if (statements == nullptr) return Verdict::kNotAllowed;
  if (!statements->is_array()) return EvaluateStatement(*statements, request, has_principal);
  Verdict verdict = Verdict::kNotAllowed;
  for (const auto& statement : statements->get_array()) {
    const Verdict one = EvaluateStatement(statement, request, has_principal);
    if (one == Verdict::kDenied) return one;
    if (one == Verdict::kAllowed) verdict = one;
  }
  return verdict;
}

}  // namespace

bool MatchesWildcard(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Verdict Evaluate(const std::vector<std::string>& identity_policies,
                 const std::vector<std::string>& resource_policies, const IamRequest& request) {
  Verdict verdict = Verdict::kNotAllowed;
  const auto add = [&](const std::vector<std::string>& documents, bool has_principal) {
    for (const auto& document : documents) {
      const Verdict one = EvaluateDocument(document, request, has_principal);
      if (one == Verdict::kDenied || verdict == Verdict::kNotAllowed) verdict = one;
      if (verdict == Verdict::kDenied) return;
    }
  };
  add(identity_policies, false);
  if (verdict != Verdict::kDenied) add(resource_policies, true);
  return verdict;
}

}  // namespace scv::services
