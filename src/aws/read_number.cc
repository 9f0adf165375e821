#include "aws/read_number.h"

#include <charconv>
#include <limits>
#include <string>

#include "aws/resource.h"

namespace scv::aws {

int NumberOr(const boost::json::object& attributes, std::string_view name, int otherwise) {
  if (const auto text = String(attributes, name); !text.empty()) {
    int number = 0;
    const auto* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number);
    return error == std::errc() && end == last ? number : otherwise;
  }
  const auto number = Integer(attributes, name, otherwise);
  const bool fits =
      number >= std::numeric_limits<int>::min() && number <= std::numeric_limits<int>::max();
  return fits ? static_cast<int>(number) : otherwise;
}

}  // namespace scv::aws
