#include "memo/aws/json_fields.h"

#include <string.h>

#include <boost/json/memory_resource.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/storage_ptr.hpp>
#include <new>

namespace scv::memo {
namespace json = boost::json;
namespace {

// Nothing in a JSON document needs more than operator new's own alignment.
class WipingResource final : public json::memory_resource {
  void* do_allocate(std::size_t size, std::size_t) override { return ::operator new(size); }
  void do_deallocate(void* memory, std::size_t size, std::size_t) override {
    explicit_bzero(memory, size);
    ::operator delete(memory, size);
  }
  bool do_is_equal(const json::memory_resource& other) const noexcept override {
    return this == &other;
  }
};

json::storage_ptr Wiping() {
  static WipingResource resource;
  return json::storage_ptr(&resource);
}

}  // namespace

JsonFields::JsonFields(json::value value, std::string what)
    : value_(std::move(value)), what_(std::move(what)) {}

Result<JsonFields> JsonFields::Parse(std::string_view text, std::string what) {
  if (text.size() > kBytesMax) {
    return Fail(ErrorKind::kInvalid, what + " is longer than 64 KiB");
  }
  json::parse_options options;
  options.max_depth = kDepthMax;
  json::parser parser(Wiping(), options);
  parser.reset(Wiping());
  json::error_code error;
  parser.write(text.data(), text.size(), error);
  if (error) {
    return Fail(ErrorKind::kInvalid, what + " is not JSON: " + error.message());
  }
  json::value value = parser.release();
  if (!value.is_object()) {
    return Fail(ErrorKind::kInvalid, what + " is not a JSON object");
  }
  return JsonFields(std::move(value), std::move(what));
}

const json::value* JsonFields::Find(std::string_view name) const {
  return value_.get_object().if_contains(name);
}

Result<std::string_view> JsonFields::Required(std::string_view name, std::size_t bytes_max) const {
  if (Find(name) == nullptr) {
    return Refuse(name, "be there");
  }
  return Optional(name, bytes_max);
}

Result<std::string_view> JsonFields::Optional(std::string_view name, std::size_t bytes_max) const {
  const json::value* value = Find(name);
  if (value == nullptr) {
    return std::string_view();
  }
  const json::string* text = value->if_string();
  if (text == nullptr) {
    return Refuse(name, "be a string");
  }
  if (text->empty() || text->size() > bytes_max) {
    return Refuse(name, "have 1 to " + std::to_string(bytes_max) + " bytes");
  }
  return std::string_view(text->data(), text->size());
}

std::unexpected<Error> JsonFields::Refuse(std::string_view name, std::string_view must) const {
  return Fail(ErrorKind::kInvalid,
              what_ + ": field \"" + std::string(name) + "\" must " + std::string(must));
}

}  // namespace scv::memo
