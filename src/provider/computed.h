// Fills in what AWS decides when a resource is made: ids, ARNs, names.
#ifndef SCV_PROVIDER_COMPUTED_H_
#define SCV_PROVIDER_COMPUTED_H_

#include <string>
#include <string_view>

#include "provider/schema.h"
#include "provider/type_table.h"
#include "provider/value.h"

namespace scv::provider {

// Where a resource lives; what templates may say besides its own attributes.
struct Place {
  std::string type;
  std::string region;  // "" where the type has none
  std::string session_region;
};

// A template's text:
//   {name}            the attribute `name`, computed first when it is not known yet
//   {name~a~b}        the same with every a replaced by b
//   {name?b}          the same, or b when it is empty
//   {account} {region} {partition} {now} {uuid}
//   {hex:17} {upper:21} {lower:12} {alnum:6}   random characters
//   {hash:12:name}    hex digits of a hash of the attribute: the same for the same value
//   {last:name}       what follows the last "/" or ":" of the attribute
std::string Render(std::string_view text, Value& attributes, const Entry& entry,
                   const Place& place);

// Replaces every unknown of `attributes` by its template's value; without one, by an empty
// collection or null. `attributes` must be an Object that fits `block`.
void Complete(Value& attributes, const Block& block, const Entry& entry, const Place& place);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_COMPUTED_H_
