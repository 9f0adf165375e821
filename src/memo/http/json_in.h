// Request bodies: one flat JSON object with known fields, read strictly. Boost.JSON does the
// parsing (UTF-8, escapes, surrogates); what it is lenient about is refused here: duplicate keys,
// nesting, unknown fields, wrong types.
#ifndef SCV_MEMO_HTTP_JSON_IN_H_
#define SCV_MEMO_HTTP_JSON_IN_H_

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "memo/http/problem.h"

namespace scv::memo {

// A JSON value that is not allowed anywhere, kept only to say so.
enum class OtherJson { kNull, kNumber, kObject, kArray };

struct JsonField {
  std::string name;
  std::variant<OtherJson, bool, std::string> value;
  bool used = false;
};

// At most 32 fields; kInvalid says what is wrong, without quoting the input.
Result<std::vector<JsonField>> ParseFlatObject(std::string_view text);

// Takes fields one by one and collects what is wrong with them, so that a client learns all at
// once.
class FieldReader {
 public:
  explicit FieldReader(std::vector<JsonField> fields) : fields_(std::move(fields)) {}

  using Cleaner = Result<std::string> (*)(std::string_view);

  std::string RequiredText(std::string_view name, Cleaner clean);
  std::optional<std::string> OptionalText(std::string_view name, Cleaner clean);
  std::optional<bool> OptionalBool(std::string_view name);
  // A field that is accepted and has no meaning here.
  void Ignore(std::string_view name);
  void Complain(std::string_view name, std::string message);

  // After all fields were taken: the rest is unknown. nullopt: everything is fine.
  std::optional<Problem> Finish();

 private:
  JsonField* Take(std::string_view name);

  std::vector<JsonField> fields_;
  std::vector<FieldError> errors_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_HTTP_JSON_IN_H_
