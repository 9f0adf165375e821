// Reading JSON from outside: the empty value where a member is missing or of another type.
#ifndef SCV_DRILL_JSON_READ_H_
#define SCV_DRILL_JSON_READ_H_

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace scv::drill {

std::string Text(const boost::json::object& object, std::string_view name);
long long Number(const boost::json::object& object, std::string_view name);
double Real(const boost::json::object& object, std::string_view name);
bool Flag(const boost::json::object& object, std::string_view name);
// The objects of an array.
std::vector<const boost::json::object*> Objects(const boost::json::object& object,
                                                std::string_view name);
std::vector<std::string> Texts(const boost::json::object& object, std::string_view name);
const boost::json::object* Object(const boost::json::object& object, std::string_view name);

}  // namespace scv::drill

#endif  // SCV_DRILL_JSON_READ_H_
