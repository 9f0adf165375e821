// What the schema does not say about a type: how its ids look, its defaults, what forces a
// replacement, what it refers to. Read from src/provider/table/*.json, which are compiled in;
// docs/provider.md describes the fields.
#ifndef SCV_PROVIDER_TYPE_TABLE_H_
#define SCV_PROVIDER_TYPE_TABLE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "provider/value.h"

namespace scv::provider {

// "vpc_id", "subnets[]", "launch_template[].id": the steps between the dots, each with whether it
// goes into every element.
struct Pattern {
  struct Part {
    std::string name;
    bool each = false;
  };
  std::vector<Part> parts;
};
Pattern ParsePattern(std::string_view text);

// An attribute that names another resource.
struct Reference {
  std::string text;  // the pattern, as written
  Pattern path;
  std::vector<std::string> types;  // one of these
  std::string by = "id";           // which of its attributes the value is
  bool holds = false;              // the other one cannot be deleted while this stands
};

// A rule for one argument. Every field that is set must hold.
struct Rule {
  std::string text;
  Pattern path;
  std::vector<std::string> one_of;
  std::optional<std::int64_t> least, most;  // numbers: the value; text: its length
  std::string form;        // "cidr", "json", "arn", or an extended regular expression (POSIX)
  std::string not_prefix;  // text must not begin so
  std::string remedy;      // what to write instead, for people
};

struct Entry {
  std::string source;     // where it was read
  std::string verified;   // what of it was verified
  bool simulated = true;  // false: recorded only
  std::string id;         // template
  std::string import_id;  // template
  std::vector<std::pair<Pattern, Value>> defaults;
  std::map<std::string, Value> default_blocks;  // a block that AWS fills in when there is none
  std::map<std::string, Value> computed;        // templates in texts
  std::vector<std::string> replace;             // names of attributes and blocks
  std::vector<Reference> references;
  std::vector<std::vector<std::string>> unique;
  std::map<std::string, std::vector<std::string>> recompute;  // attribute → triggers; "*": any
  std::vector<Rule> rules;
  std::vector<std::vector<std::string>> exactly_one;  // of these arguments
  std::vector<std::vector<std::string>> conflicts;    // at most one of these
  int create_seconds = 600, update_seconds = 600, delete_seconds = 600;
};

using TypeTable = std::map<std::string, Entry, std::less<>>;

// The compiled-in table. Made on first use, never destroyed.
const TypeTable& TheTable();
// nullptr: no entry; the type is recorded only.
const Entry* FindEntry(std::string_view type);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_TYPE_TABLE_H_
