// aws_iam_policy_document: statements in HCL become the JSON that the AWS provider writes, byte for
// byte, because a policy is compared as text: fields in a fixed order, lists sorted backwards, one
// value where a list has only one, two spaces of indentation, Go's escapes for < > &.
#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <map>

#include "provider/conform.h"
#include "provider/data_sources.h"
#include "provider/random_text.h"

namespace scv::provider {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 9> kOrder{"Sid",       "Effect",       "Action",
                                                 "NotAction", "Resource",     "NotResource",
                                                 "Principal", "NotPrincipal", "Condition"};

std::string Quoted(const json::string& text) {
  std::string out;
  for (const char c : json::serialize(text)) {
    if (c == '<') {
      out += "\\u003c";
    } else if (c == '>') {
      out += "\\u003e";
    } else if (c == '&') {
      out += "\\u0026";
    } else {
      out += c;
    }
  }
  return out;
}

// `indent`: spaces so far; -1: everything on one line.
void Print(const json::value& value, int indent, std::string& out) {
  const bool pretty = indent >= 0;
  const int inner = pretty ? indent + 2 : -1;
  const auto line = [&](int spaces) {
    if (pretty) out += "\n" + std::string(static_cast<std::size_t>(spaces), ' ');
  };
  bool first = true;
  const auto next = [&] {
    if (!first) out += ",";
    first = false;
    line(inner);
  };
  if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
    out += "{";
    for (const auto& [name, item] : *object) {
      next();
      out += Quoted(json::string(name)) + (pretty ? ": " : ":");
      Print(item, inner, out);
    }
    line(indent);
    out += "}";
  } else if (const auto* array = value.if_array(); array != nullptr && !array->empty()) {
    out += "[";
    for (const auto& item : *array) {
      next();
      Print(item, inner, out);
    }
    line(indent);
    out += "]";
  } else if (value.is_string()) {
    out += Quoted(value.get_string());
  } else {
    out += json::serialize(value);
  }
}

// ${…} is Terraform's, so HCL writes &{…} for IAM's variables.
std::string Variables(std::string text) {
  for (auto at = text.find("&{"); at != std::string::npos; at = text.find("&{", at)) text[at] = '$';
  return text;
}

json::value OneOrMany(std::vector<std::string> texts) {
  if (texts.size() == 1) return json::string(texts.front());
  json::array array;
  for (const auto& text : texts) array.push_back(json::string(text));
  return array;
}

std::vector<std::string> Texts(const Value& list, bool sorted) {
  std::vector<std::string> texts;
  for (const auto& item : list.Items()) texts.push_back(Variables(item.Text()));
  if (sorted) std::ranges::sort(texts, std::greater<>());
  return texts;
}

json::value Principals(const Value& blocks) {
  std::map<std::string, std::vector<std::string>> by_type;
  for (const auto& block : blocks.Items()) {
    const auto identifiers = Texts(block["identifiers"], true);
    const auto& type = block["type"].Text();
    if (type == "*" && identifiers == std::vector<std::string>{"*"}) return json::string("*");
    auto& all = by_type[type];
    all.insert(all.end(), identifiers.begin(), identifiers.end());
  }
  json::object object;
  for (auto& [type, identifiers] : by_type) {
    std::ranges::sort(identifiers, std::greater<>());
    object[type] = OneOrMany(identifiers);
  }
  return object;
}

json::value Conditions(const Value& blocks) {
  std::map<std::string, std::map<std::string, std::vector<std::string>>> tests;
  for (const auto& block : blocks.Items()) {
    auto& values = tests[block["test"].Text()][Variables(block["variable"].Text())];
    const auto given = Texts(block["values"], false);
    values.insert(values.end(), given.begin(), given.end());
  }
  json::object object;
  for (const auto& [test, variables] : tests) {
    auto& inner = object[test].emplace_object();
    for (const auto& [variable, values] : variables) inner[variable] = OneOrMany(values);
  }
  return object;
}

json::object Statement(const Value& block) {
  json::object statement;
  if (!block["sid"].Text().empty()) statement["Sid"] = block["sid"].Text();
  const auto& effect = block["effect"].Text();
  statement["Effect"] = effect.empty() ? "Allow" : effect;
  const std::pair<const char*, const char*> lists[] = {{"actions", "Action"},
                                                       {"not_actions", "NotAction"},
                                                       {"resources", "Resource"},
                                                       {"not_resources", "NotResource"}};
  for (const auto& [name, field] : lists) {
    if (!block[name].Items().empty()) statement[field] = OneOrMany(Texts(block[name], true));
  }
  if (!block["principals"].Items().empty())
    statement["Principal"] = Principals(block["principals"]);
  if (!block["not_principals"].Items().empty()) {
    statement["NotPrincipal"] = Principals(block["not_principals"]);
  }
  if (!block["condition"].Items().empty()) statement["Condition"] = Conditions(block["condition"]);
  return statement;
}

json::object InOrder(const json::object& statement) {
  json::object ordered;
  for (const auto field : kOrder) {
    if (const auto* value = statement.if_contains(field)) ordered[field] = *value;
  }
  return ordered;
}

struct Document {
  std::string version = "2012-10-17", id;
  std::vector<json::object> statements;
};

std::string SidOf(const json::object& statement) {
  const auto* sid = statement.if_contains("Sid");
  return sid == nullptr || !sid->is_string() ? "" : std::string(sid->get_string());
}

// Takes over a document in text. `replace`: a statement with the same Sid is replaced.
Result<void> Merge(const std::string& text, bool replace, Document& into) {
  if (text.empty()) return {};
  boost::system::error_code failed;
  const auto parsed = json::parse(text, failed);
  if (failed || !parsed.is_object()) {
    return Fail(ErrorKind::kInvalid, "a policy document to merge is no JSON object");
  }
  const auto& object = parsed.get_object();
  if (const auto* version = object.if_contains("Version");
      version != nullptr && version->is_string()) {
    into.version = std::string(version->get_string());
  }
  if (const auto* id = object.if_contains("Id"); id != nullptr && id->is_string()) {
    into.id = std::string(id->get_string());
  }
  json::array statements;
  if (const auto* given = object.if_contains("Statement")) {
    statements = given->is_array() ? given->get_array() : json::array{*given};
  }
  for (const auto& given : statements) {
    if (!given.is_object()) return Fail(ErrorKind::kInvalid, "a policy's statement is no object");
    auto statement = InOrder(given.get_object());
    const auto sid = SidOf(statement);
    const auto same = std::ranges::find_if(
        into.statements, [&](const auto& other) { return !sid.empty() && SidOf(other) == sid; });
    if (same == into.statements.end()) {
      into.statements.push_back(std::move(statement));
    } else if (replace) {
      *same = std::move(statement);
    } else {
      return Fail(ErrorKind::kInvalid, "two source policy documents have the Sid " + sid);
    }
  }
  return {};
}

Result<void> Build(const Value& config, Document& document) {
  for (const auto& source : config["source_policy_documents"].Items()) {
    SCV_TRY(Merge(source.Text(), false, document));
  }
  if (!config["version"].Text().empty()) document.version = config["version"].Text();
  if (!config["policy_id"].Text().empty()) document.id = config["policy_id"].Text();
  std::map<std::string, int> own;
  for (const auto& block : config["statement"].Items()) {
    auto statement = Statement(block);
    const auto sid = SidOf(statement);
    if (!sid.empty() && ++own[sid] > 1) {
      return Fail(ErrorKind::kInvalid, "two statements have the Sid " + sid);
    }
    const auto same = std::ranges::find_if(document.statements, [&](const auto& other) {
      return !sid.empty() && SidOf(other) == sid;
    });
    if (same == document.statements.end()) {
      document.statements.push_back(std::move(statement));
    } else {
      *same = std::move(statement);
    }
  }
  for (const auto& text : config["override_policy_documents"].Items()) {
    SCV_TRY(Merge(text.Text(), true, document));
  }
  return {};
}

}  // namespace

Result<Value> ReadPolicyDocument(const Value& config) {
  Document document;
  SCV_TRY(Build(config, document));
  json::object object{{"Version", document.version}};
  if (!document.id.empty()) object["Id"] = document.id;
  json::array statements;
  for (auto& statement : document.statements) statements.push_back(std::move(statement));
  if (!statements.empty()) object["Statement"] = std::move(statements);
  std::string text;
  Print(object, 0, text);
  std::string minified;
  Print(object, -1, minified);
  return Value(Value::Object{{"id", Value(HashText(text, 10))},
                             {"json", Value(text)},
                             {"minified_json", Value(minified)},
                             {"version", Value(document.version)}});
}

}  // namespace scv::provider
