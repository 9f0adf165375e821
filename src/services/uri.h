// A request's target taken apart, and AWS's way of encoding it again.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html (UriEncode)
#ifndef SCV_SERVICES_URI_H_
#define SCV_SERVICES_URI_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scv::services {

struct Uri {
  std::string path;                                        // decoded, begins with "/"
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in the order sent

  bool Has(std::string_view name) const;
  // The first of a name; "" when there is none.
  std::string_view Get(std::string_view name) const;
};

// nullopt: a target that is no path, or has a broken escape, or too many parameters.
std::optional<Uri> ParseTarget(std::string_view target);
// "a=b&c": of a query or of a form.
std::optional<std::vector<std::pair<std::string, std::string>>> ParseQuery(std::string_view text,
                                                                           bool plus_is_space);

// Everything but letters, digits and "-._~" becomes %XX; "/" too unless it is kept.
std::string UriEncode(std::string_view text, bool keep_slash);

}  // namespace scv::services

#endif  // SCV_SERVICES_URI_H_
