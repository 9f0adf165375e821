#include "render/haproxy_actions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "render/haproxy.h"

namespace scv::render {
namespace {

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// AWS's wildcards: * is any number of characters, ? exactly one.
std::string Pattern(std::string_view wildcards) {
  std::string expression = "^";
  for (const char c : wildcards) {
    if (c == '*') {
      expression += ".*";
    } else if (c == '?') {
      expression += '.';
    } else if (IsLetterOrDigit(c)) {
      expression += c;
    } else {
      expression += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return HaproxyWord(expression + "$");
}

// "#{host}" and the like become what HAProxy knows of the request.
std::string Expanded(std::string_view text, const HaproxyListener& listener) {
  struct Keyword {
    std::string_view written;
    std::string meant;
  };
  const std::array<Keyword, 5> keywords = {{
      {"#{host}", "%[var(txn.host)]"},
      {"#{path}", "%[var(txn.path)]"},
      {"#{query}", "%[var(txn.query)]"},
      {"#{port}", std::to_string(listener.port)},
      {"#{protocol}", listener.tls ? "https" : "http"},
  }};
  std::string expanded;
  while (!text.empty()) {
    const auto keyword = std::find_if(keywords.begin(), keywords.end(), [&](const Keyword& known) {
      return text.starts_with(known.written);
    });
    const std::size_t length =
        keyword != keywords.end()
            ? keyword->written.size()
            : std::max<std::size_t>(std::min(text.find('#', 1), text.size()), 1);
    expanded +=
        keyword != keywords.end() ? keyword->meant : HaproxyFormatWord(text.substr(0, length));
    text.remove_prefix(length);
  }
  return expanded;
}

Result<std::string> Redirect(const lab::ActionSpec& action, const HaproxyListener& listener,
                             std::string_view condition) {
  if (action.status != 301 && action.status != 302) {
    return Fail(ErrorKind::kInvalid, "a redirect answers 301 or 302");
  }
  std::string protocol = Expanded(action.protocol, listener);
  std::transform(protocol.begin(), protocol.end(), protocol.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  std::string query;
  if (action.query == "#{query}") {
    query = "%[var(txn.search)]";
  } else if (!action.query.empty()) {
    query = "\\x3f" + Expanded(action.query, listener);
  }
  const std::string location =
      fmt::format("{}://{}:{}{}{}", protocol, Expanded(action.host, listener),
                  Expanded(action.port, listener), Expanded(action.path, listener), query);
  return fmt::format(
      "  http-request set-var-fmt(txn.location) {}{}\n"
      "  http-request redirect location %[var(txn.location)] code {}{}\n",
      location, condition, action.status, condition);
}

Result<std::string> FixedResponse(const lab::ActionSpec& action, std::string_view condition) {
  if (action.status < 200 || action.status > 599 || action.body.contains('\0')) {
    return Fail(ErrorKind::kInvalid, "a fixed response has a status from 200 to 599 and text");
  }
  std::string text = fmt::format("  http-request return status {}", action.status);
  if (!action.body.empty()) {
    const std::string type = action.content_type.empty() ? "text/plain" : action.content_type;
    text += fmt::format(" content-type {} string {}", HaproxyWord(type), HaproxyWord(action.body));
  }
  return fmt::format("{}{}\n", text, condition);
}

}  // namespace

std::string_view HaproxyActionName(const lab::ActionSpec& action) {
  if (action.kind == lab::ActionSpec::Kind::kForward) return "forward";
  return action.kind == lab::ActionSpec::Kind::kRedirect ? "redirect" : "fixed-response";
}

Result<std::string> HaproxyGroupName(std::string_view group) {
  const bool plain = std::all_of(group.begin(), group.end(),
                                 [](char c) { return IsLetterOrDigit(c) || c == '-' || c == '_'; });
  if (group.empty() || group.size() > 64 || !plain) {
    return Fail(ErrorKind::kInvalid, "a target group's name has letters, digits and hyphens");
  }
  return "group-" + std::string(group);
}

Result<std::string> HaproxyAction(const lab::ActionSpec& action, const HaproxyListener& listener,
                                  std::string_view expression) {
  const std::string condition = expression.empty() ? "" : fmt::format(" if {{ {} }}", expression);
  switch (action.kind) {
    case lab::ActionSpec::Kind::kForward: {
      SCV_ASSIGN(const auto group, HaproxyGroupName(action.target_group));
      return fmt::format("  use_backend {}{}\n", group, condition);
    }
    case lab::ActionSpec::Kind::kRedirect:
      return Redirect(action, listener, condition);
    case lab::ActionSpec::Kind::kFixedResponse:
      return FixedResponse(action, condition);
  }
  return Fail(ErrorKind::kInvalid, "an unknown action");
}

Result<std::string> HaproxyRule(const lab::ListenerRuleSpec& rule) {
  std::string conditions;
  const auto add = [&](std::string_view what, const std::vector<std::string>& patterns) {
    if (patterns.empty()) return;
    conditions += fmt::format(" {{ {} --", what);
    for (const auto& pattern : patterns) conditions += " " + Pattern(pattern);
    conditions += " }";
  };
  add("var(txn.host) -m reg -i", rule.hosts);
  add("path -m reg", rule.paths);
  add("method -m reg", rule.methods);
  if (conditions.empty() || rule.priority < 1) {
    return Fail(ErrorKind::kInvalid, "a rule has a priority from 1 and at least one condition");
  }
  return fmt::format(
      "  http-request set-var(txn.rule) int({}) if !{{ var(txn.rule) -m found }}{}\n",
      rule.priority, conditions);
}

}  // namespace scv::render
