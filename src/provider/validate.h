// Checks a configuration before anything is planned. Unknown values pass.
#ifndef SCV_PROVIDER_VALIDATE_H_
#define SCV_PROVIDER_VALIDATE_H_

#include <string_view>

#include "provider/diagnostic.h"
#include "provider/type_table.h"
#include "provider/value.h"

namespace scv::provider {

Diagnostics CheckRules(const Entry& entry, const Value& config);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_VALIDATE_H_
