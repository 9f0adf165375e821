#include "provider/hooks.h"

namespace scv::provider {

const Hooks& HooksOf(std::string_view type) {
  static constexpr Hooks kNone;
  for (const auto find : {NetworkHooks, TemplateHooks, LoadBalancingHooks, DatabaseHooks,
                          CertificateHooks, SecretsHooks, ObjectsHooks}) {
    if (const auto* hooks = find(type)) return *hooks;
  }
  return kNone;
}

}  // namespace scv::provider
