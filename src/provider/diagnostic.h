// What the provider tells people through Terraform, which prints the place in the HCL that a path
// leads to.
#ifndef SCV_PROVIDER_DIAGNOSTIC_H_
#define SCV_PROVIDER_DIAGNOSTIC_H_

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace scv::provider {

// A step into a value: a name (attribute, block, map key) or a position in a list.
struct Step {
  enum class Kind { kAttribute, kKey, kIndex };
  Kind kind = Kind::kAttribute;
  std::string name;
  std::int64_t index = 0;
};
using Path = std::vector<Step>;

inline Step AttributeStep(std::string name) { return {Step::Kind::kAttribute, std::move(name), 0}; }
inline Step IndexStep(std::int64_t index) { return {Step::Kind::kIndex, {}, index}; }

struct Diagnostic {
  bool warning = false;
  std::string summary;  // what happened
  std::string detail;   // where and the remedy
  Path path;            // into the configuration; may be empty
};
using Diagnostics = std::vector<Diagnostic>;

inline bool HasError(const Diagnostics& diagnostics) {
  for (const auto& d : diagnostics) {
    if (!d.warning) return true;
  }
  return false;
}

}  // namespace scv::provider

#endif  // SCV_PROVIDER_DIAGNOSTIC_H_
