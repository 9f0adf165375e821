#include "provider/schema.h"

#include <gtest/gtest.h>

#include "provider/paths.h"
#include "provider/type_table.h"

namespace scv::provider {
namespace {

TEST(Schema, NoBlockIsMalformed) {
  const auto& schema = TheSchema();
  EXPECT_EQ(SchemaProblems("provider", schema.provider), std::vector<std::string>());
  for (const auto* group : {&schema.resources, &schema.data_sources, &schema.ephemeral}) {
    EXPECT_FALSE(group->empty());
    for (const auto& [name, block] : *group) {
      EXPECT_EQ(SchemaProblems(name, block), std::vector<std::string>());
    }
  }
}

TEST(Schema, SecretsAreMarked) {
  const auto& resources = TheSchema().resources;
  EXPECT_TRUE(resources.at("aws_db_instance").attributes.at("password_wo").write_only);
  EXPECT_TRUE(resources.at("aws_db_instance").attributes.at("password").sensitive);
  EXPECT_TRUE(resources.at("aws_secretsmanager_secret_version")
                  .attributes.at("secret_string_wo")
                  .write_only);
}

// The type of what a pattern leads to; nullptr: nothing is there.
bool Leads(const Block& block, const Pattern& pattern, std::size_t at = 0) {
  const auto& part = pattern.parts[at];
  const bool last = at + 1 == pattern.parts.size();
  if (const auto nested = block.blocks.find(part.name); nested != block.blocks.end()) {
    return last || Leads(nested->second.block, pattern, at + 1);
  }
  const auto found = block.attributes.find(part.name);
  if (found == block.attributes.end()) return false;
  if (last) return true;
  const auto& element = found->second.type.element;
  return element != nullptr && element->attributes.contains(pattern.parts[at + 1].name);
}

TEST(TypeTable, EveryServedTypeHasAnEntryAndEveryPathLeadsSomewhere) {
  for (const auto& [type, block] : TheSchema().resources) {
    const auto* entry = FindEntry(type);
    ASSERT_NE(entry, nullptr) << type;
    EXPECT_TRUE(entry->source.starts_with("https://docs.aws.amazon.com/")) << type;
    EXPECT_FALSE(entry->verified.empty()) << type;
    EXPECT_FALSE(entry->id.empty()) << type;
    for (const auto& [pattern, value] : entry->defaults) {
      EXPECT_TRUE(Leads(block, pattern)) << type << " defaults " << pattern.parts[0].name;
    }
    for (const auto& reference : entry->references) {
      EXPECT_TRUE(Leads(block, reference.path)) << type << " references " << reference.text;
    }
    for (const auto& rule : entry->rules) {
      EXPECT_TRUE(Leads(block, rule.path)) << type << " rules " << rule.text;
    }
    for (const auto& name : entry->replace) {
      EXPECT_TRUE(Leads(block, ParsePattern(name))) << type << " replace " << name;
    }
    for (const auto& [name, value] : entry->computed) {
      const auto found = block.attributes.find(name);
      ASSERT_NE(found, block.attributes.end()) << type << " computed " << name;
      EXPECT_TRUE(found->second.computed) << type << " computed " << name;
    }
  }
  for (const auto& [type, entry] : TheTable()) {
    EXPECT_TRUE(TheSchema().resources.contains(type)) << type << " has an entry but no schema";
  }
}

}  // namespace
}  // namespace scv::provider
