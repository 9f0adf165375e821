// Terraform's plan of one resource, from its schema and its entry in the type table.
#ifndef SCV_PROVIDER_PLANNER_H_
#define SCV_PROVIDER_PLANNER_H_

#include <map>
#include <string>
#include <vector>

#include "provider/diagnostic.h"
#include "provider/schema.h"
#include "provider/type_table.h"
#include "provider/value.h"

namespace scv::provider {

struct PlanRequest {
  const std::string& type;
  const Block& block;
  const Entry& entry;
  const std::string& region;  // of the connection
  const std::map<std::string, std::string>& default_tags;
  const Value& prior;     // null: create
  const Value& proposed;  // null: destroy
  const Value& config;
};

struct Planned {
  Value state;
  std::vector<Path> requires_replace;
};

// Pure. Defaults are filled in; on create, what AWS decides is unknown; on update it keeps its
// value, except what the change recomputes. Write-only attributes are null.
Planned PlanChange(const PlanRequest& request);

// The sets of write-only and sensitive attributes are short; these null them in a value.
Value WithoutWriteOnly(Value value, const Block& block);
Value WithoutSensitive(Value value, const Block& block);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_PLANNER_H_
