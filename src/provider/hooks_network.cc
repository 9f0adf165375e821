#include "provider/hooks.h"

namespace scv::provider {

const Hooks* NetworkHooks(std::string_view /*type*/) { return nullptr; }

}  // namespace scv::provider
