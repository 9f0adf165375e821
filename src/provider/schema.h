// The provider's schema: which attributes and blocks each type has. Read once from the generated
// file src/provider/schema/aws.json (tools/aws_schema), which is compiled in.
#ifndef SCV_PROVIDER_SCHEMA_H_
#define SCV_PROVIDER_SCHEMA_H_

#include <boost/json/value.hpp>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scv::provider {

struct Type {
  enum class Kind { kString, kNumber, kBool, kList, kSet, kMap, kObject };
  Kind kind = Kind::kString;
  std::shared_ptr<const Type> element;                  // list, set, map
  std::map<std::string, Type, std::less<>> attributes;  // object
  bool IsCollection() const { return kind >= Kind::kList && kind <= Kind::kMap; }
};

// cty's JSON notation: "string", ["list","string"], ["object",{…}].
std::string ToJsonText(const Type& type);

struct Attribute {
  Type type;
  bool required = false, optional = false, computed = false;
  bool sensitive = false, write_only = false;
};

struct NestedBlock;
struct Block {
  std::map<std::string, Attribute, std::less<>> attributes;
  std::map<std::string, NestedBlock, std::less<>> blocks;
};
struct NestedBlock {
  enum class Nesting { kSingle = 1, kList = 2, kSet = 3, kMap = 4 };
  Nesting nesting = Nesting::kList;
  int items_min = 0, items_max = 0;  // 0: no limit
  Block block;
};

using Schemas = std::map<std::string, Block, std::less<>>;

struct ProviderSchema {
  Block provider;
  Schemas resources, data_sources, ephemeral;
};

// The compiled-in schema. Made on first use, never destroyed.
const ProviderSchema& TheSchema();

// kInvalid: not the form that tools/aws_schema/generate writes.
Result<Block> ParseBlock(const boost::json::value& json);

// What Terraform demands of every schema; one malformed block voids the whole provider. Returns
// the violations, each with where it is.
std::vector<std::string> SchemaProblems(std::string_view where, const Block& block);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_SCHEMA_H_
