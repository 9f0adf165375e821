// Makes values fit a schema exactly, and carries them to and from JSON. Terraform refuses an object
// with one attribute more or less, without saying which.
#ifndef SCV_PROVIDER_CONFORM_H_
#define SCV_PROVIDER_CONFORM_H_

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "provider/schema.h"
#include "provider/value.h"

namespace scv::provider {

// `value` with exactly the block's attributes and blocks: what is missing becomes null (blocks:
// empty), what is too much is left out, text and numbers are converted where the type wants the
// other, sets are sorted and free of duplicates. Null and unknown stay what they are.
Value Conform(const Value& value, const Block& block);
Value Conform(const Value& value, const Type& type);

// Unknown becomes null; a Value::Big becomes its text.
boost::json::value ToJson(const Value& value);
boost::json::object ToJsonObject(const Value& value);
Value FromJson(const boost::json::value& json);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_CONFORM_H_
