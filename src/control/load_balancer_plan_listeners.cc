#include "control/load_balancer_plan_listeners.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "control/certificate_plan.h"

namespace scv::control {
namespace {

int StatusCode(std::string_view code, int otherwise) {
  if (code.starts_with("HTTP_")) code.remove_prefix(5);
  int status = 0;
  const auto [end, error] = std::from_chars(code.data(), code.data() + code.size(), status);
  const bool whole = error == std::errc() && end == code.data() + code.size();
  return whole && status >= 100 && status < 600 ? status : otherwise;
}

lab::ActionSpec FixedResponse(int status) {
  lab::ActionSpec action;
  action.kind = lab::ActionSpec::Kind::kFixedResponse;
  action.status = status;
  action.content_type = "text/plain";
  return action;
}

// The listeners of one load balancer.
class Planner {
 public:
  Planner(PlanContext& context, const RegionIndex& region, const std::vector<lab::PartKey>& nodes)
      : context_(context), region_(region), nodes_(nodes) {}

  void Add(const aws::Listener& listener) {
    context_.Link(listener, nodes_);
    lab::ListenerSpec spec;
    spec.port = listener.port;
    spec.tls = listener.protocol == "HTTPS";
    if (spec.tls) {
      spec.ssl_policy = listener.ssl_policy;
      if (!AddCertificates(listener, spec)) return;
    }
    spec.strict_transport_security = listener.strict_transport_security;
    spec.response_headers = listener.response_headers;
    spec.default_action = ActionOf(listener, listener.default_actions);
    AddRules(listener, spec);
    planned_.specs.push_back(std::move(spec));
  }

  PlannedListeners Done() {
    std::ranges::sort(planned_.specs, {}, &lab::ListenerSpec::port);
    return std::move(planned_);
  }

 private:
  bool Issued(const std::string& arn) const {
    return CertificateIssued(context_, arn) &&
           std::ranges::any_of(region_.certificates, [&](const auto& certificate) {
             return certificate.arn == arn && !certificate.deleting();
           });
  }

  // false: the default certificate is not there, so there can be no listener.
  bool AddCertificates(const aws::Listener& listener, lab::ListenerSpec& spec) {
    if (!Issued(listener.certificate_arn)) {
      context_.Missing(listener,
                       "its certificate " + listener.certificate_arn + " is not issued yet");
      return false;
    }
    spec.certificates.push_back(listener.certificate_arn);
    std::set<std::string> others;
    for (const auto& certificate : region_.listener_certificates) {
      if (certificate.listener_arn != listener.arn) continue;
      context_.Link(certificate, nodes_);
      if (certificate.deleting()) continue;
      if (Issued(certificate.certificate_arn)) {
        others.insert(certificate.certificate_arn);
      } else {
        context_.Missing(certificate,
                         "the certificate " + certificate.certificate_arn + " is not issued yet");
      }
    }
    others.erase(listener.certificate_arn);
    spec.certificates.insert(spec.certificates.end(), others.begin(), others.end());
    return true;
  }

  void AddRules(const aws::Listener& listener, lab::ListenerSpec& spec) {
    for (const auto& rule : region_.listener_rules) {
      if (rule.listener_arn != listener.arn) continue;
      context_.Link(rule, nodes_);
      if (rule.deleting()) continue;
      if (!rule.unsupported.empty()) {
        context_.NotHonoured(rule, "the lab's listeners have no condition of this kind: " +
                                       rule.unsupported.front());
        continue;
      }
      lab::ListenerRuleSpec rule_spec;
      rule_spec.priority = rule.priority;
      rule_spec.hosts = rule.hosts;
      rule_spec.paths = rule.paths;
      rule_spec.methods = rule.methods;
      rule_spec.action = ActionOf(rule, rule.actions);
      spec.rules.push_back(std::move(rule_spec));
    }
    std::ranges::sort(spec.rules, {}, &lab::ListenerRuleSpec::priority);
  }

  lab::ActionSpec ActionOf(const aws::View& view, const std::vector<aws::ListenerAction>& actions) {
    for (const auto& action : actions) {
      if (action.type == "forward") return Forward(view, action);
      if (action.type == "redirect") return Redirect(action);
      if (action.type == "fixed-response") return Fixed(action);
      context_.NotHonoured(view, "the lab's listeners have no action of this kind: " + action.type);
    }
    return FixedResponse(503);
  }

  lab::ActionSpec Forward(const aws::View& view, const aws::ListenerAction& action) {
    const aws::TargetGroup* chosen = nullptr;
    int weight = 0;
    int weighted = 0;
    for (const auto& forward : action.forwards) {
      const auto* group = Alive(region_.target_groups, forward.target_group_arn);
      if (group == nullptr || forward.weight <= 0) continue;
      ++weighted;
      if (forward.weight <= weight) continue;
      chosen = group;
      weight = forward.weight;
    }
    if (weighted > 1) {
      context_.NotHonoured(view, "of several weighted target groups the lab serves the heaviest");
    }
    if (chosen == nullptr) return FixedResponse(503);
    planned_.target_groups.insert(chosen->arn);
    lab::ActionSpec spec;
    spec.target_group = chosen->name;
    return spec;
  }

  static lab::ActionSpec Redirect(const aws::ListenerAction& action) {
    lab::ActionSpec spec;
    spec.kind = lab::ActionSpec::Kind::kRedirect;
    spec.status = StatusCode(action.status_code, 302);
    const auto set = [](std::string& field, const std::string& value) {
      if (!value.empty()) field = value;
    };
    set(spec.protocol, action.protocol);
    set(spec.host, action.host);
    set(spec.port, action.port);
    set(spec.path, action.path);
    set(spec.query, action.query);
    return spec;
  }

  static lab::ActionSpec Fixed(const aws::ListenerAction& action) {
    auto spec = FixedResponse(StatusCode(action.status_code, 200));
    if (!action.content_type.empty()) spec.content_type = action.content_type;
    spec.body = action.message_body;
    return spec;
  }

  PlanContext& context_;
  const RegionIndex& region_;
  const std::vector<lab::PartKey>& nodes_;
  PlannedListeners planned_;
};

}  // namespace

PlannedListeners PlanListeners(PlanContext& context, const RegionIndex& region,
                               const std::string& load_balancer_arn,
                               const std::vector<lab::PartKey>& nodes) {
  Planner planner(context, region, nodes);
  for (const auto& [arn, listener] : region.listeners) {
    if (listener.load_balancer_arn != load_balancer_arn) continue;
    if (listener.deleting()) {
      context.Link(listener, nodes);
    } else {
      planner.Add(listener);
    }
  }
  return planner.Done();
}

}  // namespace scv::control
