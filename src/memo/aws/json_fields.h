// One JSON object that came from outside, read field by field. Memory that held any of it is
// cleared when it is given back.
#ifndef SCV_MEMO_AWS_JSON_FIELDS_H_
#define SCV_MEMO_AWS_JSON_FIELDS_H_

#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace scv::memo {

class JsonFields {
 public:
  static constexpr std::size_t kBytesMax = 64 * 1024;
  static constexpr std::size_t kDepthMax = 8;

  // `what` names the document in error messages, which never quote it.
  // kInvalid: longer than kBytesMax, not JSON in UTF-8, deeper than kDepthMax, not an object.
  static Result<JsonFields> Parse(std::string_view text, std::string what);

  // nullptr: absent. Of a repeated name the last one counts. Valid as long as this object.
  const boost::json::value* Find(std::string_view name) const;

  // A string of 1 to `bytes_max` bytes. kInvalid: another type, another length, or absent.
  Result<std::string_view> Required(std::string_view name, std::size_t bytes_max) const;
  // The same, and empty when absent.
  Result<std::string_view> Optional(std::string_view name, std::size_t bytes_max) const;

  // kInvalid, saying that field `name` of this document `must`.
  std::unexpected<Error> Refuse(std::string_view name, std::string_view must) const;

 private:
  JsonFields(boost::json::value value, std::string what);

  boost::json::value value_;
  std::string what_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_AWS_JSON_FIELDS_H_
