// The data files of this room, compiled into the program.
#ifndef SCV_PROVIDER_EMBEDDED_H_
#define SCV_PROVIDER_EMBEDDED_H_

#include <string_view>
#include <vector>

namespace scv::provider {

// src/provider/schema/aws.json.
std::string_view EmbeddedSchema();

// src/provider/table/*.json.
std::vector<std::string_view> EmbeddedTables();

}  // namespace scv::provider

#endif  // SCV_PROVIDER_EMBEDDED_H_
