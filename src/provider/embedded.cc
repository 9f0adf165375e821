#include "provider/embedded.h"

// The assembler includes the files as they are; CMake passes their directory and makes this file
// depend on them.
#define SCV_EMBED(name, path)                  \
  asm(".section .rodata\n"                     \
      ".global scv_embedded_" #name            \
      "\n"                                     \
      "scv_embedded_" #name                    \
      ":\n"                                    \
      ".incbin \"" SCV_PROVIDER_DATA "/" path  \
      "\"\n"                                   \
      ".global scv_embedded_" #name            \
      "_end\n"                                 \
      "scv_embedded_" #name                    \
      "_end:\n"                                \
      ".byte 0\n"                              \
      ".previous\n");                          \
  extern "C" const char scv_embedded_##name[]; \
  extern "C" const char scv_embedded_##name##_end[];

#define SCV_TEXT(name) \
  std::string_view(scv_embedded_##name, scv_embedded_##name##_end - scv_embedded_##name)

SCV_EMBED(schema, "schema/aws.json")
SCV_EMBED(network, "table/network.json")
SCV_EMBED(compute, "table/compute.json")
SCV_EMBED(load_balancing, "table/load_balancing.json")
SCV_EMBED(observation, "table/observation.json")
SCV_EMBED(security, "table/security.json")
SCV_EMBED(database, "table/database.json")
SCV_EMBED(names, "table/names.json")
SCV_EMBED(objects, "table/objects.json")
SCV_EMBED(edge, "table/edge.json")
SCV_EMBED(monitoring, "table/monitoring.json")
SCV_EMBED(pipelines, "table/pipelines.json")
SCV_EMBED(waf, "table/waf.json")

namespace scv::provider {

std::string_view EmbeddedSchema() { return SCV_TEXT(schema); }

std::vector<std::string_view> EmbeddedTables() {
  return {SCV_TEXT(network),  SCV_TEXT(compute),    SCV_TEXT(load_balancing), SCV_TEXT(observation),
          SCV_TEXT(security), SCV_TEXT(database),   SCV_TEXT(names),          SCV_TEXT(objects),
          SCV_TEXT(edge),     SCV_TEXT(monitoring), SCV_TEXT(pipelines),      SCV_TEXT(waf)};
}

}  // namespace scv::provider
