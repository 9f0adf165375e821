#include "provider/recorder.h"

#include <boost/algorithm/string/replace.hpp>
#include <boost/json/serialize.hpp>

#include "provider/conform.h"
#include "provider/planner.h"
#include "provider/schema.h"

namespace scv::provider {
namespace {

namespace json = boost::json;

// Without nulls and without empty blocks: what Conform() fills in again.
Value Slim(const Value& value, const Block& block) {
  Value::Object slim;
  for (const auto& [name, attribute] : block.attributes) {
    if (!value[name].is_null()) slim[name] = value[name];
  }
  for (const auto& [name, nested] : block.blocks) {
    const auto& inner = value[name];
    if (inner.As<Value::Object>() != nullptr) {
      slim[name] = Slim(inner, nested.block);
    } else if (!inner.Items().empty()) {
      Value::List items;
      for (const auto& item : inner.Items()) items.push_back(Slim(item, nested.block));
      slim[name] = Value(std::move(items));
    }
  }
  return Value(std::move(slim));
}

// The paths of what has no order, of what `value` says.
void FindSets(const Value& value, const Block& block, const std::string& prefix,
              std::set<std::string>& found) {
  for (const auto& [name, attribute] : block.attributes) {
    const bool set = attribute.type.kind == Type::Kind::kSet;
    if (set && !value[name].Items().empty()) found.insert(prefix + name);
  }
  for (const auto& [name, nested] : block.blocks) {
    const auto& items = value[name].Items();
    if (nested.nesting == NestedBlock::Nesting::kSet && !items.empty()) found.insert(prefix + name);
    for (const auto& item : items) FindSets(item, nested.block, prefix + name + ".", found);
  }
}

}  // namespace

Result<std::unique_ptr<Recorder>> Recorder::Open(const std::filesystem::path& file) {
  std::error_code failed;
  std::filesystem::remove(file, failed);
  std::ofstream out(file);
  if (!out) return Fail(ErrorKind::kUnavailable, "cannot write " + file.string());
  using std::filesystem::perms;
  std::filesystem::permissions(file, perms::owner_read | perms::owner_write, failed);
  return std::unique_ptr<Recorder>(new Recorder(std::move(out)));
}

void Recorder::Configured(const std::string& region,
                          const std::map<std::string, std::string>& default_tags) {
  json::object tags;
  for (const auto& [name, value] : default_tags) tags[name] = value;
  const std::scoped_lock lock(mutex_);
  Write({{"event", "provider"}, {"region", region}, {"default_tags", std::move(tags)}});
}

void Recorder::Created(const std::string& type, const Value& config, const Value& planned,
                       const Value& state) {
  const auto& block = TheSchema().resources.at(type);
  const auto shown = WithoutSensitive(state, block);
  json::object computed;
  for (const auto& [name, value] : planned.Fields()) {
    if (!value.IsWhollyKnown()) computed[name] = ToJson(shown[name]);
  }
  std::set<std::string> sets;
  FindSets(config, block, "", sets);
  const std::scoped_lock lock(mutex_);
  Write({{"event", "resource"},
         {"type", type},
         {"id", state["id"].Text()},
         {"config", ToJson(Slim(config, block))},
         {"sets", json::array(sets.begin(), sets.end())},
         {"computed", std::move(computed)}});
}

void Recorder::Opened(const std::string& type, const Value& config, const Value& result) {
  const auto& block = TheSchema().ephemeral.at(type);
  const std::scoped_lock lock(mutex_);
  if (const auto& password = result["random_password"].Text(); !password.empty()) {
    passwords_.insert(password);
  }
  Write({{"event", "ephemeral"}, {"type", type}, {"config", ToJson(Slim(config, block))}});
}

// With the mutex held.
void Recorder::Write(json::object line) {
  auto text = json::serialize(line);
  for (const auto& password : passwords_) {
    boost::replace_all(text, password, std::string(kPasswordMarker));
  }
  out_ << text << '\n' << std::flush;
}

}  // namespace scv::provider
