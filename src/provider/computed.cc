#include "provider/computed.h"

#include <charconv>
#include <stdexcept>

#include "aws/arn.h"
#include "aws/resource.h"
#include "base/time.h"
#include "provider/conform.h"
#include "provider/random_text.h"

namespace scv::provider {
namespace {

constexpr int kNestingMax = 8;

class Renderer {
 public:
  Renderer(Value& attributes, const Entry& entry, const Place& place)
      : attributes_(attributes), entry_(entry), place_(place) {}

  std::string Text(std::string_view text, int depth) {
    if (depth > kNestingMax)
      throw std::logic_error("a template of " + place_.type + " turns in a circle");
    std::string out;
    while (!text.empty()) {
      const auto open = text.find('{');
      const auto close = open == std::string_view::npos ? open : text.find('}', open);
      if (close == std::string_view::npos) return out.append(text);
      out.append(text.substr(0, open));
      out += Part(text.substr(open + 1, close - open - 1), depth);
      text.remove_prefix(close + 1);
    }
    return out;
  }

  // A template's value with its texts rendered.
  Value Whole(const Value& pattern, int depth) {
    if (pattern.As<std::string>() != nullptr) return Value(Text(pattern.Text(), depth));
    if (const auto* list = pattern.As<Value::List>()) {
      Value::List out;
      for (const auto& item : *list) out.push_back(Whole(item, depth));
      return Value(std::move(out));
    }
    if (const auto* object = pattern.As<Value::Object>()) {
      Value::Object out;
      for (const auto& [name, item] : *object) out[name] = Whole(item, depth);
      return Value(std::move(out));
    }
    return pattern;
  }

 private:
  std::string Attribute(std::string_view name, int depth) {
    auto& value = attributes_.At(name);
    if (value.is_unknown()) {
      const auto found = entry_.computed.find(std::string(name));
      if (name == "id" && found == entry_.computed.end()) {
        value = Value(Text(entry_.id, depth + 1));
      } else {
        value = found == entry_.computed.end() ? Value() : Whole(found->second, depth + 1);
      }
    }
    if (const auto* number = value.As<std::int64_t>()) return std::to_string(*number);
    if (const auto* flag = value.As<bool>()) return *flag ? "true" : "false";
    return value.Text();
  }

  std::string Part(std::string_view part, int depth) {
    if (part == "account") return std::string(aws::kLabAccount);
    if (part == "region") return place_.region.empty() ? place_.session_region : place_.region;
    if (part == "partition") return "aws";
    if (part == "uuid") return RandomUuid();
    if (part == "now") return FormatRfc3339(WallClockMillis());
    if (const auto first = part.find('~'); first != std::string_view::npos) {
      const auto second = part.find('~', first + 1);
      return Replaced(Attribute(part.substr(0, first), depth),
                      part.substr(first + 1, second - first - 1), part.substr(second + 1));
    }
    if (const auto colon = part.find(':'); colon != std::string_view::npos) {
      return Function(part.substr(0, colon), part.substr(colon + 1), depth);
    }
    if (const auto mark = part.find('?'); mark != std::string_view::npos) {
      auto text = Attribute(part.substr(0, mark), depth);
      return text.empty() ? std::string(part.substr(mark + 1)) : text;
    }
    return Attribute(part, depth);
  }

  std::string Function(std::string_view name, std::string_view rest, int depth) {
    if (name == "last") return std::string(aws::LastPart(Attribute(rest, depth)));
    std::size_t length = 0;
    const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), length);
    if (name == "hash") {
      const auto colon = static_cast<std::size_t>(parsed.ptr - rest.data());
      return HashText(Attribute(rest.substr(colon + 1), depth), length);
    }
    if (name == "hex") return RandomText(length, kHexDigits);
    if (name == "upper") return RandomText(length, kUpperAlphanumeric);
    if (name == "lower") return RandomText(length, kLowerAlphanumeric);
    if (name == "alnum") return RandomText(length, kAlphanumeric);
    throw std::logic_error("a template has no function " + std::string(name));
  }

  static std::string Replaced(std::string text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
    return text;
  }

  Value& attributes_;
  const Entry& entry_;
  const Place& place_;
};

Value Nothing(const Type& type) {
  if (type.kind == Type::Kind::kMap) return Value(Value::Object{});
  return type.IsCollection() ? Value(Value::List{}) : Value();
}

void ForgetUnknown(Value& value) {
  if (value.is_unknown()) value = Value();
  if (auto* list = value.As<Value::List>()) {
    for (auto& item : *list) ForgetUnknown(item);
  }
  if (auto* object = value.As<Value::Object>()) {
    for (auto& [name, item] : *object) ForgetUnknown(item);
  }
}

}  // namespace

std::string Render(std::string_view text, Value& attributes, const Entry& entry,
                   const Place& place) {
  return Renderer(attributes, entry, place).Text(text, 0);
}

void Complete(Value& attributes, const Block& block, const Entry& entry, const Place& place) {
  Renderer renderer(attributes, entry, place);
  if (attributes["id"].is_unknown()) {
    attributes.At("id") = Value(renderer.Text(entry.id.empty() ? "{hex:17}" : entry.id, 0));
  }
  for (const auto& [name, attribute] : block.attributes) {
    auto& value = attributes.At(name);
    if (!value.is_unknown()) continue;
    const auto found = entry.computed.find(name);
    value = found == entry.computed.end()
                ? Nothing(attribute.type)
                : Conform(renderer.Whole(found->second, 0), attribute.type);
  }
  for (auto& [name, value] : *attributes.As<Value::Object>()) ForgetUnknown(value);
  attributes = Conform(attributes, block);
}

}  // namespace scv::provider
