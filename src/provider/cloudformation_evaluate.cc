#include "provider/cloudformation_evaluate.h"

#include <openssl/evp.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <utility>

#include "aws/ipv4.h"
#include "provider/zones.h"

namespace scv::provider::cloudformation {
namespace {

namespace json = boost::json;

// Of all texts that functions make of one template: Fn::Sub and Fn::Join can repeat theirs.
constexpr std::size_t kMadeMax = 4U << 20U;
// Of Fn::Cidr.
constexpr std::size_t kPartsMax = 256;
constexpr std::size_t kHostBitsMax = 31;

std::unexpected<Error> BadCall(std::string_view function, const std::string& why) {
  return Fail(ErrorKind::kInvalid, std::string(function) + ": " + why);
}

bool IsNoValue(const json::value& value) {
  const auto function = FunctionOf(value);
  return function && function->name == "Ref" && function->argument->is_string() &&
         function->argument->get_string() == "AWS::NoValue";
}

}  // namespace

Result<void> Evaluator::Spend(std::size_t bytes) {
  spent_ += bytes;
  if (spent_ <= kMadeMax) return {};
  return Fail(ErrorKind::kInvalid, "the template makes more than 4 MiB of text");
}

Result<json::value> Evaluator::EvaluateShown(const json::value& value) {
  shown_ = true;
  auto made = Evaluate(value);
  shown_ = false;
  return made;
}

Result<json::value> Evaluator::Evaluate(const json::value& value) {
  if (IsNoValue(value)) return json::value();
  if (const auto function = FunctionOf(value)) return Call(*function);
  if (const auto* object = value.if_object()) {
    json::object made;
    for (const auto& [key, inner] : *object) {
      SCV_ASSIGN(auto evaluated, Evaluate(inner));
      if (!evaluated.is_null()) made[key] = std::move(evaluated);
    }
    return made;
  }
  if (const auto* array = value.if_array()) {
    json::array made;
    for (const auto& inner : *array) {
      SCV_ASSIGN(auto evaluated, Evaluate(inner));
      if (!evaluated.is_null()) made.push_back(std::move(evaluated));
    }
    return made;
  }
  if (value.is_string()) SCV_TRY(Spend(value.get_string().size()));
  return value;
}

Result<json::value> Evaluator::Call(const Function& function) {
  using Carry = Result<json::value> (Evaluator::*)(const json::value&);
  static const std::map<std::string_view, Carry> kCarry{
      {"Fn::Base64", &Evaluator::Base64},       {"Fn::Cidr", &Evaluator::Cidr},
      {"Fn::FindInMap", &Evaluator::FindInMap}, {"Fn::GetAZs", &Evaluator::Zones},
      {"Fn::If", &Evaluator::Choose},           {"Fn::Join", &Evaluator::Join},
      {"Fn::Select", &Evaluator::Select},       {"Fn::Split", &Evaluator::Split},
      {"Fn::Sub", &Evaluator::Substitute}};
  const auto& argument = *function.argument;
  if (function.name == "Ref") return Named(std::string(argument.get_string()));
  if (function.name == "Fn::GetAtt") {
    const auto parts = AttributeOf(argument);
    SCV_ASSIGN(const auto text, Attribute(parts->first, parts->second));
    return json::value(text);
  }
  const auto found = kCarry.find(function.name);
  if (found != kCarry.end()) return (this->*found->second)(argument);
  return BadCall(function.name, "stands where a value is wanted; it belongs into Conditions");
}

Result<std::string> Evaluator::Text(const json::value& value, std::string_view function) {
  SCV_ASSIGN(const auto evaluated, Evaluate(value));
  if (evaluated.is_string()) return std::string(evaluated.get_string());
  return BadCall(function, "wants a text");
}

// A list in a list, or whatever else, is none of a function's. What an attribute of a resource that
// is only recorded would be, nobody knows: its text stands for a list, too.
Result<json::array> Evaluator::List(const json::value& value, std::string_view function) {
  SCV_ASSIGN(auto made, Evaluate(value));
  const auto call = FunctionOf(value);
  if (made.is_string() && call && call->name == "Fn::GetAtt") return json::array{std::move(made)};
  if (!made.is_array()) return BadCall(function, "wants a list");
  return std::move(made.get_array());
}

Result<json::value> Evaluator::Named(const std::string& name) {
  const auto value = scope_.values.find(name);
  if (value == scope_.values.end()) {
    SCV_ASSIGN(const auto text, Attribute(name, "Ref"));
    return json::value(text);
  }
  const bool hidden = shown_ && scope_.hidden.contains(name);
  const auto& found = value->second;
  std::size_t bytes = found.is_string() ? found.get_string().size() : 0;
  if (found.is_array()) {
    for (const auto& one : found.get_array()) bytes += one.get_string().size() + sizeof(one);
  }
  SCV_TRY(Spend(bytes));
  if (!hidden) return found;
  return found.is_array() ? json::value(json::array{kNotShown}) : json::value(kNotShown);
}

Result<std::string> Evaluator::Attribute(const std::string& resource,
                                         const std::string& attribute) {
  std::string text;
  if (const auto kept = scope_.recorded.find(resource); kept != scope_.recorded.end()) {
    text = kept->second.Attribute(attribute);
  } else {
    const auto found = scope_.resources.find(resource);
    if (found == scope_.resources.end()) {
      return BadCall(resource, "is not made, because its condition does not hold, but referred to");
    }
    const auto value = found->second.find(attribute);
    if (value == found->second.end()) return BadCall(resource, "has no " + attribute);
    text = value->second;
  }
  SCV_TRY(Spend(text.size()));
  return text;
}

Result<json::value> Evaluator::Join(const json::value& argument) {
  const auto* parts = argument.if_array();
  if (parts == nullptr || parts->size() != 2 || !parts->at(0).is_string()) {
    return BadCall("Fn::Join", "wants a text and a list");
  }
  SCV_ASSIGN(const auto list, List(parts->at(1), "Fn::Join"));
  const std::string between(parts->at(0).get_string());
  std::string text;
  for (const auto& one : list) {
    if (!one.is_string()) return BadCall("Fn::Join", "wants a list of texts");
    SCV_TRY(Spend(between.size() + one.get_string().size()));
    text += (&one == list.begin() ? "" : between) + std::string(one.get_string());
  }
  return json::value(text);
}

Result<json::value> Evaluator::Substitute(const json::value& argument) {
  const auto* parts = argument.if_array();
  const auto* own = parts == nullptr ? nullptr : &parts->at(1).get_object();
  const std::string_view text =
      parts == nullptr ? argument.get_string() : parts->at(0).get_string();
  std::string made;
  std::size_t from = 0;
  for (auto at = text.find("${"); at != std::string_view::npos; at = text.find("${", from)) {
    const auto end = text.find('}', at);
    if (end == std::string_view::npos) return BadCall("Fn::Sub", "a ${ is not closed");
    made += text.substr(from, at - from);
    from = end + 1;
    const std::string name(text.substr(at + 2, end - at - 2));
    std::string value;
    if (name.starts_with('!')) {
      value = "${" + name.substr(1) + "}";
    } else if (own != nullptr && own->contains(name)) {
      SCV_ASSIGN(value, Text(own->at(name), "Fn::Sub"));
    } else if (const auto dot = name.find('.'); dot != std::string::npos) {
      SCV_ASSIGN(value, Attribute(name.substr(0, dot), name.substr(dot + 1)));
    } else {
      SCV_ASSIGN(const auto named, Named(name));
      if (!named.is_string()) return BadCall("Fn::Sub", name + " is a list; use Fn::Join");
      value = named.get_string();
    }
    SCV_TRY(Spend(value.size()));
    made += value;
  }
  made += text.substr(from);
  SCV_TRY(Spend(text.size()));
  return json::value(made);
}

Result<json::value> Evaluator::Choose(const json::value& argument) {
  const auto& parts = argument.get_array();
  SCV_ASSIGN(const bool holds, Holds(std::string(parts.at(0).get_string())));
  return Evaluate(parts.at(holds ? 1 : 2));
}

Result<std::size_t> Evaluator::Whole(const json::value& value, std::string_view function) {
  SCV_ASSIGN(const auto text, Text(value, function));
  std::size_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed == std::errc() && end == text.data() + text.size()) return number;
  return BadCall(function, "wants a whole number from 0 on");
}

// [block, how many, bits of a host]: the first parts of a block of IPv4 addresses.
Result<json::value> Evaluator::Cidr(const json::value& argument) {
  const auto* parts = argument.if_array();
  if (parts == nullptr || parts->size() != 3) {
    return BadCall("Fn::Cidr", "wants a block, how many parts, and the bits of a host");
  }
  SCV_ASSIGN(const auto text, Text(parts->at(0), "Fn::Cidr"));
  SCV_ASSIGN(const auto count, Whole(parts->at(1), "Fn::Cidr"));
  SCV_ASSIGN(const auto bits, Whole(parts->at(2), "Fn::Cidr"));
  const auto block = aws::ParsePrefix(text);
  const bool fits = block && count >= 1 && count <= kPartsMax && bits <= kHostBitsMax &&
                    (count << bits) <= (1ULL << (32U - static_cast<unsigned>(block->length)));
  if (!fits) return BadCall("Fn::Cidr", "wants an IPv4 block with room for 1 to 256 such parts");
  json::array made;
  for (std::size_t i = 0; i < count; ++i) {
    const auto base = static_cast<std::uint32_t>(block->base + (i << bits));
    made.emplace_back(aws::FormatPrefix({base, 32 - static_cast<int>(bits)}));
  }
  SCV_TRY(Spend(count * sizeof(json::value)));
  return made;
}

Result<json::value> Evaluator::Select(const json::value& argument) {
  const auto* parts = argument.if_array();
  if (parts == nullptr || parts->size() != 2)
    return BadCall("Fn::Select", "wants an index and a list");
  SCV_ASSIGN(const auto index, Whole(parts->at(0), "Fn::Select"));
  SCV_ASSIGN(const auto list, List(parts->at(1), "Fn::Select"));
  const auto call = FunctionOf(parts->at(1));
  if (call && call->name == "Fn::GetAtt") return list.front();
  if (index < list.size()) return list[index];
  return BadCall("Fn::Select", "cannot select " + std::to_string(index) + " of a list of " +
                                   std::to_string(list.size()));
}

Result<json::value> Evaluator::Split(const json::value& argument) {
  const auto* parts = argument.if_array();
  if (parts == nullptr || parts->size() != 2 || !parts->at(0).is_string() ||
      parts->at(0).get_string().empty()) {
    return BadCall("Fn::Split", "wants a text to split at, and a text");
  }
  const std::string between(parts->at(0).get_string());
  SCV_ASSIGN(const auto text, Text(parts->at(1), "Fn::Split"));
  json::array list;
  std::size_t from = 0;
  for (auto at = text.find(between); at != std::string::npos; at = text.find(between, from)) {
    list.emplace_back(text.substr(from, at - from));
    from = at + between.size();
  }
  list.emplace_back(text.substr(from));
  SCV_TRY(Spend(text.size() + list.size() * sizeof(json::value)));
  return list;
}

Result<json::value> Evaluator::FindInMap(const json::value& argument) {
  const auto& parts = argument.get_array();
  const json::value* found = nullptr;
  const auto* within = &source_.mappings;
  for (const auto& part : parts) {
    SCV_ASSIGN(const auto key, Text(part, "Fn::FindInMap"));
    found = within == nullptr ? nullptr : within->if_contains(key);
    if (found == nullptr) {
      // What a function makes may be a secret.
      return BadCall("Fn::FindInMap", "the mapping has no such key" +
                                          (part.is_string() ? " as " + key.substr(0, 80) : ""));
    }
    within = found->if_object();
  }
  return Evaluate(*found);
}

Result<json::value> Evaluator::Zones(const json::value& argument) {
  SCV_ASSIGN(auto region, Text(argument, "Fn::GetAZs"));
  if (region.empty()) region = scope_.values.at("AWS::Region").get_string();
  json::array zones;
  for (const auto& zone : ZonesOf(region.substr(0, 40))) zones.emplace_back(zone.name);
  return zones;
}

Result<json::value> Evaluator::Base64(const json::value& argument) {
  SCV_ASSIGN(const auto text, Text(argument, "Fn::Base64"));
  SCV_TRY(Spend(text.size() / 3 * 4 + 4));
  std::string made(text.size() / 3 * 4 + 5, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(made.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  made.resize(static_cast<std::size_t>(size));
  return json::value(made);
}

Result<bool> Evaluator::Holds(const std::string& condition) {
  if (condition.empty()) return true;
  if (const auto known = decided_.find(condition); known != decided_.end()) return known->second;
  const bool shown = std::exchange(shown_, false);
  const auto decided = Decide(source_.conditions.at(condition));
  shown_ = shown;
  SCV_ASSIGN(const bool holds, decided);
  decided_[condition] = holds;
  return holds;
}

Result<bool> Evaluator::Equal(const json::value& argument) {
  const auto* sides = argument.if_array();
  if (sides == nullptr || sides->size() != 2) return BadCall("Fn::Equals", "wants two values");
  SCV_ASSIGN(const auto left, Text(sides->at(0), "Fn::Equals"));
  SCV_ASSIGN(const auto right, Text(sides->at(1), "Fn::Equals"));
  return left == right;
}

Result<bool> Evaluator::Decide(const json::value& value) {
  const auto function = FunctionOf(value);
  if (!function) return BadCall("a condition", "wants Fn::And, Fn::Or, Fn::Not or Fn::Equals");
  const auto& argument = *function->argument;
  if (function->name == "Condition") return Holds(std::string(argument.get_string()));
  if (function->name == "Fn::Equals") return Equal(argument);
  const bool all = function->name == "Fn::And";
  const bool one = function->name == "Fn::Not";
  if (!all && !one && function->name != "Fn::Or") {
    return BadCall("a condition", "wants Fn::And, Fn::Or, Fn::Not or Fn::Equals");
  }
  const auto* list = argument.if_array();
  const std::size_t size = list == nullptr ? 0 : list->size();
  if (one ? size != 1 : size < 2 || size > 10) {
    return BadCall(function->name, one ? "wants one condition" : "wants 2 to 10 conditions");
  }
  bool result = all;
  for (const auto& inner : *list) {
    SCV_ASSIGN(const bool holds, Decide(inner));
    if (one) return !holds;
    result = all ? result && holds : result || holds;
  }
  return result;
}

}  // namespace scv::provider::cloudformation
