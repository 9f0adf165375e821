#include "memo/http/json_in.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/string.hpp>

namespace scv::memo {
namespace {

namespace json = boost::json;
using ErrorCode = boost::system::error_code;

constexpr std::size_t kFieldsMax = 32;
constexpr std::size_t kNameMax = 64;
constexpr std::size_t kDepthMax = 16;

// Builds the fields of the outermost object; deeper levels are passed over and marked.
class FlatHandler {
 public:
  static constexpr std::size_t max_object_size = json::string::max_size();
  static constexpr std::size_t max_array_size = json::string::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  std::vector<JsonField> fields;
  std::string problem;

  bool on_document_begin(ErrorCode&) { return true; }
  bool on_document_end(ErrorCode&) { return true; }
  bool on_object_begin(ErrorCode& error) {
    if (depth_++ == 0) return true;
    return Nested(OtherJson::kObject, error);
  }
  bool on_object_end(std::size_t, ErrorCode&) {
    --depth_;
    return true;
  }
  bool on_array_begin(ErrorCode& error) {
    if (depth_++ == 0) return Stop("the body must be a JSON object", error);
    return Nested(OtherJson::kArray, error);
  }
  bool on_array_end(std::size_t, ErrorCode&) {
    --depth_;
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, ErrorCode& error) {
    if (depth_ > 1) return true;
    if (text_.size() + part.size() > kNameMax) return Stop("a field's name is too long", error);
    text_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t total, ErrorCode& error) {
    if (depth_ > 1) return true;
    if (!on_key_part(part, total, error)) return false;
    const bool twice = std::any_of(fields.begin(), fields.end(),
                                   [&](const JsonField& field) { return field.name == text_; });
    if (twice) return Stop("a field stands twice", error);
    if (fields.size() >= kFieldsMax) return Stop("there are too many fields", error);
    fields.push_back({std::move(text_), OtherJson::kNull, false});
    text_.clear();
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, ErrorCode&) {
    if (depth_ == 1) text_.append(part.data(), part.size());
    return true;
  }
  bool on_string(json::string_view part, std::size_t total, ErrorCode& error) {
    if (depth_ == 0) return Scalar(error);
    on_string_part(part, total, error);
    if (depth_ == 1) fields.back().value = std::move(text_);
    text_.clear();
    return true;
  }
  bool on_number_part(json::string_view, ErrorCode&) { return true; }
  bool on_int64(std::int64_t, json::string_view, ErrorCode& e) {
    return Value(OtherJson::kNumber, e);
  }
  bool on_uint64(std::uint64_t, json::string_view, ErrorCode& e) {
    return Value(OtherJson::kNumber, e);
  }
  bool on_double(double, json::string_view, ErrorCode& e) { return Value(OtherJson::kNumber, e); }
  bool on_bool(bool value, ErrorCode& error) { return Value(value, error); }
  bool on_null(ErrorCode& error) { return Value(OtherJson::kNull, error); }
  bool on_comment_part(json::string_view, ErrorCode&) { return true; }
  bool on_comment(json::string_view, ErrorCode&) { return true; }

 private:
  bool Stop(std::string what, ErrorCode& error) {
    problem = std::move(what);
    error = json::error::exception;
    return false;
  }
  bool Scalar(ErrorCode& error) { return Stop("the body must be a JSON object", error); }
  template <typename T>
  bool Value(T value, ErrorCode& error) {
    if (depth_ == 0) return Scalar(error);
    if (depth_ == 1) fields.back().value = value;
    return true;
  }
  bool Nested(OtherJson kind, ErrorCode&) {
    if (depth_ == 2) fields.back().value = kind;
    return true;
  }

  std::size_t depth_ = 0;
  std::string text_;
};

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

Result<std::vector<JsonField>> ParseFlatObject(std::string_view text) {
  json::parse_options options;
  options.max_depth = kDepthMax;
  json::basic_parser<FlatHandler> parser(options);
  ErrorCode error;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  if (!parser.handler().problem.empty()) {
    return Fail(ErrorKind::kInvalid, parser.handler().problem);
  }
  if (error) return Fail(ErrorKind::kInvalid, "the body is not valid JSON: " + error.message());
  const bool trailing =
      !std::all_of(text.begin() + static_cast<std::ptrdiff_t>(used), text.end(), IsSpace);
  if (!parser.done() || trailing) {
    return Fail(ErrorKind::kInvalid, "the body is not one JSON object");
  }
  return std::move(parser.handler().fields);
}

JsonField* FieldReader::Take(std::string_view name) {
  for (JsonField& field : fields_) {
    if (field.name != name) continue;
    field.used = true;
    return &field;
  }
  return nullptr;
}

void FieldReader::Ignore(std::string_view name) { Take(name); }

void FieldReader::Complain(std::string_view name, std::string message) {
  errors_.push_back({std::string(name), std::move(message)});
}

std::optional<std::string> FieldReader::OptionalText(std::string_view name, Cleaner clean) {
  JsonField* field = Take(name);
  if (field == nullptr) return std::nullopt;
  const auto* text = std::get_if<std::string>(&field->value);
  if (text == nullptr) {
    Complain(name, "must be a string");
    return std::nullopt;
  }
  auto cleaned = clean(*text);
  if (!cleaned) {
    Complain(name, std::move(cleaned).error().message);
    return std::nullopt;
  }
  return std::move(*cleaned);
}

std::string FieldReader::RequiredText(std::string_view name, Cleaner clean) {
  const bool present = std::any_of(fields_.begin(), fields_.end(),
                                   [&](const JsonField& field) { return field.name == name; });
  if (!present) {
    Complain(name, "is required");
    return {};
  }
  return OptionalText(name, clean).value_or("");
}

std::optional<bool> FieldReader::OptionalBool(std::string_view name) {
  JsonField* field = Take(name);
  if (field == nullptr) return std::nullopt;
  if (const auto* value = std::get_if<bool>(&field->value)) return *value;
  Complain(name, "must be true or false");
  return std::nullopt;
}

std::optional<Problem> FieldReader::Finish() {
  for (const JsonField& field : fields_) {
    if (!field.used) Complain(field.name, "is not a known field");
  }
  if (errors_.empty()) return std::nullopt;
  Problem problem;
  problem.kind = ProblemKind::kValidation;
  problem.detail = errors_.size() == 1
                       ? "The field \"" + errors_[0].field + "\" " + errors_[0].message + "."
                       : "Several fields are not valid.";
  problem.errors = std::move(errors_);
  return problem;
}

}  // namespace scv::memo
