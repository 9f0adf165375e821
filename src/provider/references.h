// What resources refer to, as the type table has it: that it exists, in the same region, and that
// nothing is deleted while others need it.
#ifndef SCV_PROVIDER_REFERENCES_H_
#define SCV_PROVIDER_REFERENCES_H_

#include <string>
#include <string_view>

#include "aws/resource.h"
#include "provider/diagnostic.h"
#include "provider/type_table.h"
#include "provider/value.h"

namespace scv::provider {

// The region under which a type's resources are kept: `region`, or aws::kGlobal for a type whose
// schema has no region.
std::string RegionOf(std::string_view type, std::string_view region);

// One problem per known reference of `attributes` that leads nowhere. `generated_only`: look only
// at ids that AWS makes up (the others may belong to what the same plan will create).
Diagnostics CheckReferences(const aws::DesiredState& state, const Entry& entry,
                            const Value& attributes, std::string_view region, bool generated_only);

// A problem for each resource that must go before `resource` can.
Diagnostics CheckNotNeeded(const aws::DesiredState& state, const aws::Resource& resource);

// Problems where another resource of the type has the same unique attributes. `self`: the id of
// the resource itself, "" while it is created.
Diagnostics CheckUnique(const aws::DesiredState& state, std::string_view type, const Entry& entry,
                        const Value& attributes, std::string_view region, std::string_view self);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_REFERENCES_H_
