#include "provider/hooks.h"

namespace scv::provider {

const Hooks& HooksOf(std::string_view type) {
  static constexpr Hooks kNone;
  for (const auto find :
       {NetworkHooks, PeeringHooks, TemplateHooks, LoadBalancingHooks, DatabaseHooks,
        CertificateHooks, SecretsHooks, ObjectsHooks, CloudFormationHooks, FirewallHooks}) {
    if (const auto* hooks = find(type)) return *hooks;
  }
  return kNone;
}

}  // namespace scv::provider
