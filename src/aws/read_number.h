// Numbers that Terraform's schema keeps as strings ("nullable integers" and ports that may be a
// word).
#ifndef SCV_AWS_READ_NUMBER_H_
#define SCV_AWS_READ_NUMBER_H_

#include <boost/json/object.hpp>
#include <string_view>

namespace scv::aws {

// A number, or a string that is a decimal number; `otherwise` for everything else and for what does
// not fit an int.
int NumberOr(const boost::json::object& attributes, std::string_view name, int otherwise);

}  // namespace scv::aws

#endif  // SCV_AWS_READ_NUMBER_H_
