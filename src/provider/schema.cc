#include "provider/schema.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>
#include <utility>

#include "provider/embedded.h"

namespace scv::provider {
namespace {

namespace json = boost::json;

constexpr std::pair<std::string_view, Type::Kind> kKinds[] = {
    {"string", Type::Kind::kString}, {"number", Type::Kind::kNumber}, {"bool", Type::Kind::kBool},
    {"list", Type::Kind::kList},     {"set", Type::Kind::kSet},       {"map", Type::Kind::kMap},
    {"object", Type::Kind::kObject},
};

Type::Kind KindOf(std::string_view name) {
  for (const auto& [text, kind] : kKinds) {
    if (text == name) return kind;
  }
  throw std::invalid_argument("no type is called " + std::string(name));
}

std::string_view NameOf(Type::Kind kind) {
  for (const auto& [text, known] : kKinds) {
    if (known == kind) return text;
  }
  return "string";
}

Type ParseType(const json::value& value) {
  Type type;
  if (value.is_string()) {
    type.kind = KindOf(value.get_string());
    return type;
  }
  const auto& pair = value.as_array();
  type.kind = KindOf(pair.at(0).as_string());
  if (type.kind == Type::Kind::kObject) {
    for (const auto& [name, inner] : pair.at(1).as_object()) {
      type.attributes.emplace(name, ParseType(inner));
    }
  } else {
    type.element = std::make_shared<const Type>(ParseType(pair.at(1)));
  }
  return type;
}

json::value ToJson(const Type& type) {
  if (type.kind == Type::Kind::kObject) {
    json::object attributes;
    for (const auto& [name, inner] : type.attributes) attributes[name] = ToJson(inner);
    return json::array{NameOf(type.kind), std::move(attributes)};
  }
  if (type.element != nullptr) return json::array{NameOf(type.kind), ToJson(*type.element)};
  return json::string(NameOf(type.kind));
}

bool Flag(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->as_bool();
}

int Count(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? 0 : value->to_number<int>();
}

NestedBlock::Nesting NestingOf(std::string_view name) {
  if (name == "single") return NestedBlock::Nesting::kSingle;
  if (name == "set") return NestedBlock::Nesting::kSet;
  if (name == "map") return NestedBlock::Nesting::kMap;
  return NestedBlock::Nesting::kList;
}

Block BlockOf(const json::value& value) {
  Block block;
  for (const auto& [name, entry] : value.at("attributes").as_object()) {
    const auto& object = entry.as_object();
    block.attributes.emplace(
        name,
        Attribute{ParseType(object.at("type")), Flag(object, "required"), Flag(object, "optional"),
                  Flag(object, "computed"), Flag(object, "sensitive"), Flag(object, "write_only")});
  }
  for (const auto& [name, entry] : value.at("block_types").as_object()) {
    const auto& object = entry.as_object();
    block.blocks.emplace(name, NestedBlock{NestingOf(object.at("nesting_mode").as_string()),
                                           Count(object, "min_items"), Count(object, "max_items"),
                                           BlockOf(object.at("block"))});
  }
  return block;
}

Schemas Group(const json::value& document, std::string_view name) {
  Schemas schemas;
  for (const auto& [type, block] : document.at(name).as_object()) {
    schemas.emplace(type, BlockOf(block));
  }
  return schemas;
}

void CheckAttribute(const std::string& where, const Attribute& attribute,
                    std::vector<std::string>& problems) {
  if (attribute.required && (attribute.optional || attribute.computed)) {
    problems.push_back(where + " is required and something else as well");
  }
  if (!attribute.required && !attribute.optional && !attribute.computed) {
    problems.push_back(where + " is neither required nor optional nor computed");
  }
  if (attribute.write_only && attribute.computed) {
    problems.push_back(where + " is write-only and computed");
  }
}

}  // namespace

std::string ToJsonText(const Type& type) { return json::serialize(ToJson(type)); }

const ProviderSchema& TheSchema() {
  static const auto* schema = [] {
    // Parsed once into the compact form; the document's memory is given back at once.
    json::parse_options options;
    options.max_depth = 128;  // blocks in blocks
    const auto document = json::parse(EmbeddedSchema(), {}, options);
    return new ProviderSchema{BlockOf(document.at("provider")), Group(document, "resource"),
                              Group(document, "data"), Group(document, "ephemeral")};
  }();
  return *schema;
}

Result<Block> ParseBlock(const json::value& value) {
  try {
    return BlockOf(value);
  } catch (const std::exception& error) {
    return Fail(ErrorKind::kInvalid, std::string("not a block's schema: ") + error.what());
  }
}

std::vector<std::string> SchemaProblems(std::string_view where, const Block& block) {
  std::vector<std::string> problems;
  for (const auto& [name, attribute] : block.attributes) {
    CheckAttribute(std::string(where) + "." + name, attribute, problems);
  }
  for (const auto& [name, nested] : block.blocks) {
    const auto path = std::string(where) + "." + name;
    if (block.attributes.contains(name)) problems.push_back(path + " is attribute and block");
    const bool counted = nested.nesting == NestedBlock::Nesting::kList ||
                         nested.nesting == NestedBlock::Nesting::kSet;
    if (!counted && (nested.items_min != 0 || nested.items_max != 0)) {
      problems.push_back(path + ": a single or map block has no counts");
    }
    if (nested.items_max != 0 && nested.items_min > nested.items_max) {
      problems.push_back(path + ": at least more than at most");
    }
    auto inner = SchemaProblems(path, nested.block);
    problems.insert(problems.end(), inner.begin(), inner.end());
  }
  return problems;
}

}  // namespace scv::provider
