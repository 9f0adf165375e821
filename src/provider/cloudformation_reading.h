// How a template's maps are read: one entry at a time, with the place named where one is wrong.
#ifndef SCV_PROVIDER_CLOUDFORMATION_READING_H_
#define SCV_PROVIDER_CLOUDFORMATION_READING_H_

#include <boost/json/object.hpp>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/result.h"

namespace scv::provider::cloudformation {

// kInvalid: "where: why".
std::unexpected<Error> Wrong(const std::string& where, const std::string& why);

// An empty map where there is none. kInvalid: it is something else. Lives as long as `parent`.
Result<const boost::json::object*> ObjectAt(const boost::json::object& parent,
                                            std::string_view name, const std::string& where);
// "" where there is none.
Result<std::string> TextAt(const boost::json::object& parent, std::string_view name,
                           const std::string& where);
// kInvalid: another key is there; says which are supported.
Result<void> OnlyKeys(const boost::json::object& object,
                      std::initializer_list<std::string_view> allowed, const std::string& where);
// Of letters and digits, up to 255.
Result<void> CheckName(std::string_view name, const std::string& where);

}  // namespace scv::provider::cloudformation

#endif  // SCV_PROVIDER_CLOUDFORMATION_READING_H_
