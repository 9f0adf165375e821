#include "provider/type_table.h"

#include <boost/json/parse.hpp>
#include <stdexcept>
#include <utility>

#include "provider/conform.h"
#include "provider/embedded.h"

namespace scv::provider {
namespace {

namespace json = boost::json;

std::string Text(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value == nullptr ? std::string() : std::string(value->as_string());
}

std::vector<std::string> Texts(const json::value& value) {
  std::vector<std::string> texts;
  if (value.is_string()) return {std::string(value.get_string())};
  for (const auto& item : value.as_array()) texts.emplace_back(item.as_string());
  return texts;
}

Reference ReferenceOf(std::string_view path, const json::value& value) {
  Reference reference{.text = std::string(path), .path = ParsePattern(path), .types = {}};
  if (!value.is_object()) {
    reference.types = Texts(value);
    return reference;
  }
  const auto& object = value.get_object();
  reference.types = Texts(object.at("type"));
  if (object.contains("by")) reference.by = Text(object, "by");
  reference.holds = object.contains("holds") && object.at("holds").as_bool();
  return reference;
}

Rule RuleOf(std::string_view path, const json::value& value) {
  const auto& object = value.as_object();
  Rule rule{.text = std::string(path),
            .path = ParsePattern(path),
            .one_of = {},
            .least = {},
            .most = {},
            .form = Text(object, "form"),
            .not_prefix = Text(object, "not_prefix"),
            .remedy = Text(object, "remedy")};
  if (const auto* one_of = object.if_contains("one_of")) rule.one_of = Texts(*one_of);
  if (const auto* least = object.if_contains("least")) rule.least = least->to_number<int>();
  if (const auto* most = object.if_contains("most")) rule.most = most->to_number<int>();
  return rule;
}

void ReadLists(const json::object& object, Entry& entry) {
  const auto lists = [&](std::string_view name, std::vector<std::vector<std::string>>& out) {
    if (const auto* value = object.if_contains(name)) {
      for (const auto& item : value->as_array()) out.push_back(Texts(item));
    }
  };
  lists("unique", entry.unique);
  lists("exactly_one", entry.exactly_one);
  lists("conflicts", entry.conflicts);
  if (const auto* value = object.if_contains("replace")) entry.replace = Texts(*value);
}

void ReadMaps(const json::object& object, Entry& entry) {
  const auto each = [&](std::string_view name, const auto& take) {
    if (const auto* value = object.if_contains(name)) {
      for (const auto& [key, item] : value->as_object()) take(std::string(key), item);
    }
  };
  each("defaults", [&](const std::string& key, const json::value& item) {
    entry.defaults.emplace_back(ParsePattern(key), FromJson(item));
  });
  each("default_blocks", [&](const std::string& key, const json::value& item) {
    entry.default_blocks[key] = FromJson(item);
  });
  each("computed", [&](const std::string& key, const json::value& item) {
    entry.computed[key] = FromJson(item);
  });
  each("references", [&](const std::string& key, const json::value& item) {
    entry.references.push_back(ReferenceOf(key, item));
  });
  each("recompute", [&](const std::string& key, const json::value& item) {
    entry.recompute[key] = Texts(item);
  });
  each("rules", [&](const std::string& key, const json::value& item) {
    entry.rules.push_back(RuleOf(key, item));
  });
}

Entry EntryOf(const json::object& object) {
  Entry entry;
  entry.source = Text(object, "source");
  entry.verified = Text(object, "verified");
  entry.simulated = !object.contains("simulated") || object.at("simulated").as_bool();
  entry.id = Text(object, "id");
  entry.import_id = object.contains("import") ? Text(object, "import") : "{id}";
  if (const auto* seconds = object.if_contains("seconds")) {
    entry.create_seconds = seconds->as_array().at(0).to_number<int>();
    entry.update_seconds = seconds->as_array().at(1).to_number<int>();
    entry.delete_seconds = seconds->as_array().at(2).to_number<int>();
  }
  ReadLists(object, entry);
  ReadMaps(object, entry);
  return entry;
}

}  // namespace

Pattern ParsePattern(std::string_view text) {
  Pattern pattern;
  while (!text.empty()) {
    const auto dot = text.find('.');
    auto part = text.substr(0, dot);
    const bool each = part.ends_with("[]");
    if (each) part.remove_suffix(2);
    pattern.parts.push_back({std::string(part), each});
    text = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  }
  return pattern;
}

const TypeTable& TheTable() {
  static const auto* table = [] {
    auto* made = new TypeTable;
    for (const auto text : EmbeddedTables()) {
      const auto document = json::parse(text);
      for (const auto& [type, entry] : document.as_object()) {
        if (type.starts_with("aws_")) made->emplace(type, EntryOf(entry.as_object()));
      }
    }
    return made;
  }();
  return *table;
}

const Entry* FindEntry(std::string_view type) {
  const auto found = TheTable().find(type);
  return found == TheTable().end() ? nullptr : &found->second;
}

}  // namespace scv::provider
