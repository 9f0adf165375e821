#include "provider/hooks.h"

namespace scv::provider {

const Hooks* ObjectsHooks(std::string_view /*type*/) { return nullptr; }

}  // namespace scv::provider
