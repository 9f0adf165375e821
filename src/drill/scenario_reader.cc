#include "drill/scenario_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace scv::drill {

namespace json = boost::json;

std::string ScenarioReader::PathOf(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

void ScenarioReader::Complain(std::string_view name, std::string_view what) {
  if (problem_.empty()) problem_ = PathOf(name) + " " + std::string(what);
}

const json::value* ScenarioReader::Take(std::string_view name) {
  known_.emplace(name);
  return object_.if_contains(name);
}

std::string ScenarioReader::Text(std::string_view name, bool needed) {
  const auto* value = Take(name);
  if (value == nullptr) {
    if (needed) Complain(name, "is missing");
    return "";
  }
  if (!value->is_string() || value->get_string().empty()) {
    Complain(name, "must be a text that is not empty");
    return "";
  }
  return std::string(value->get_string());
}

std::string ScenarioReader::Word(std::string_view name,
                                 std::initializer_list<std::string_view> words,
                                 std::string_view otherwise) {
  if (!Has(name)) {
    known_.emplace(name);
    return std::string(otherwise);
  }
  auto word = Text(name);
  if (std::find(words.begin(), words.end(), word) != words.end()) return word;
  Complain(name, fmt::format("must be one of: {}", fmt::join(words, ", ")));
  return std::string(otherwise);
}

std::optional<double> ScenarioReader::Number(std::string_view name, double least, double most) {
  const auto* value = Take(name);
  if (value == nullptr) return std::nullopt;
  const double number = value->is_number() ? value->to_number<double>() : least - 1;
  if (!(number >= least && number <= most)) {
    Complain(name, fmt::format("must be a number from {} to {}", least, most));
    return std::nullopt;
  }
  return number;
}

std::optional<long long> ScenarioReader::Whole(std::string_view name, long long least,
                                               long long most) {
  const auto* value = Take(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most) {
    Complain(name, fmt::format("must be a whole number from {} to {}", least, most));
    return std::nullopt;
  }
  return value->get_int64();
}

bool ScenarioReader::Flag(std::string_view name) {
  const auto* value = Take(name);
  if (value == nullptr) return false;
  if (!value->is_bool()) Complain(name, "must be true or false");
  return value->is_bool() && value->get_bool();
}

bool ScenarioReader::Null(std::string_view name) {
  const auto* value = object_.if_contains(name);
  const bool null = value != nullptr && value->is_null();
  if (null) known_.emplace(name);
  return null;
}

const json::object* ScenarioReader::Object(std::string_view name) {
  const auto* value = Take(name);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) Complain(name, "must be an object");
  return value->if_object();
}

const json::array* ScenarioReader::Array(std::string_view name, bool needed) {
  const auto* value = Take(name);
  if (value == nullptr) {
    if (needed) Complain(name, "is missing");
    return nullptr;
  }
  if (!value->is_array()) Complain(name, "must be an array");
  return value->if_array();
}

void ScenarioReader::End() {
  for (const auto& [name, value] : object_) {
    if (!known_.contains(std::string_view(name))) Complain(name, "is not a member of the format");
  }
}

}  // namespace scv::drill
