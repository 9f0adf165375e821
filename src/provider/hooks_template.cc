#include "provider/hooks.h"

namespace scv::provider {

const Hooks* TemplateHooks(std::string_view /*type*/) { return nullptr; }

}  // namespace scv::provider
