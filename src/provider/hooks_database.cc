#include "provider/hooks.h"

namespace scv::provider {

const Hooks* DatabaseHooks(std::string_view /*type*/) { return nullptr; }

}  // namespace scv::provider
