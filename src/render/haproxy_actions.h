// One action of a listener (forward, redirect, fixed response) as lines of its frontend.
#ifndef SCV_RENDER_HAPROXY_ACTIONS_H_
#define SCV_RENDER_HAPROXY_ACTIONS_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "lab/load_balancer.h"

namespace scv::render {

struct HaproxyListener {
  int port = 443;
  bool tls = false;
};

// `expression` holds where the action is to be taken, "var(txn.rule) -m int 10"; "": always. Where
// it redirects, the frontend sets txn.host, txn.path, txn.query and txn.search beforehand.
Result<std::string> HaproxyAction(const lab::ActionSpec& action, const HaproxyListener& listener,
                                  std::string_view expression);

// As AWS's access log calls it.
std::string_view HaproxyActionName(const lab::ActionSpec& action);

// Conditions of a rule as the lines that set txn.rule to its priority, unless an earlier rule did.
Result<std::string> HaproxyRule(const lab::ListenerRuleSpec& rule);

}  // namespace scv::render

#endif  // SCV_RENDER_HAPROXY_ACTIONS_H_
