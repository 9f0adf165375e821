// Walks a value along a pattern of the type table.
#ifndef SCV_PROVIDER_PATHS_H_
#define SCV_PROVIDER_PATHS_H_

#include <functional>
#include <string>

#include "provider/diagnostic.h"
#include "provider/type_table.h"
#include "provider/value.h"

namespace scv::provider {

// Calls `visit` for every value that `pattern` leads to, with its path as Terraform wants it.
// Missing and null parts on the way end it; the last value may be null.
void Visit(const Value& root, const Pattern& pattern,
           const std::function<void(const Value&, const Path&)>& visit);

// As above, to change the values in place.
void Change(Value& root, const Pattern& pattern, const std::function<void(Value&)>& change);

// "default_action[0].target_group_arn", for messages.
std::string Describe(const Path& path);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_PATHS_H_
