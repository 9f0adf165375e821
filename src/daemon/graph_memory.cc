#include "daemon/graph_memory.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <iterator>

namespace scv::daemon {
namespace {

namespace json = boost::json;

json::object ToJson(const MadeResource& made) {
  return {{"type", made.type},
          {"depends_on", json::array(made.depends_on.begin(), made.depends_on.end())},
          {"tainted", made.tainted},
          {"state", made.state}};
}

MadeResource FromJson(const json::object& object) {
  MadeResource made{.type = std::string(object.at("type").as_string()),
                    .depends_on = {},
                    .tainted = object.at("tainted").as_bool(),
                    .state = object.at("state").as_object()};
  for (const auto& name : object.at("depends_on").as_array()) {
    made.depends_on.emplace_back(name.as_string());
  }
  return made;
}

}  // namespace

Result<std::unique_ptr<GraphMemory>> GraphMemory::Open(std::filesystem::path file) {
  std::unique_ptr<GraphMemory> memory(new GraphMemory(std::move(file)));
  std::ifstream in(memory->file_, std::ios::binary);
  if (!in) return memory;
  const std::string text(std::istreambuf_iterator<char>(in), {});
  try {
    const auto parsed = json::parse(text);
    for (const auto& [address, made] : parsed.as_object()) {
      memory->made_[address] = FromJson(made.as_object());
    }
  } catch (const std::exception&) {
    return Fail(ErrorKind::kInvalid, memory->file_.string() +
                                         " is damaged; `./scv down --force` ends the lab without "
                                         "it");
  }
  return memory;
}

Result<std::unique_ptr<GraphMemory>> GraphMemory::Beside(const std::string& name) const {
  const bool plain =
      !name.empty() &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  if (!plain) return Fail(ErrorKind::kInvalid, "'" + name + "' is no name of a graph");
  return Open(file_.parent_path() / (name + ".json"));
}

std::optional<MadeResource> GraphMemory::Find(const std::string& address) const {
  const std::lock_guard lock(mutex_);
  const auto found = made_.find(address);
  return found == made_.end() ? std::nullopt : std::optional(found->second);
}

std::map<std::string, MadeResource> GraphMemory::All() const {
  const std::lock_guard lock(mutex_);
  return made_;
}

Result<void> GraphMemory::Put(const std::string& address, MadeResource made) {
  const std::lock_guard lock(mutex_);
  made_[address] = std::move(made);
  return Save();
}

Result<void> GraphMemory::Forget(const std::string& address) {
  const std::lock_guard lock(mutex_);
  made_.erase(address);
  return Save();
}

void GraphMemory::RemoveIfEmpty() {
  const std::lock_guard lock(mutex_);
  std::error_code ignored;
  if (made_.empty()) std::filesystem::remove(file_, ignored);
}

// With the mutex held. Not flushed to the disk: after a power cut nothing of the lab runs anyway.
Result<void> GraphMemory::Save() const {
  using std::filesystem::perms;
  std::error_code failed;
  std::filesystem::create_directories(file_.parent_path(), failed);
  auto next = file_;
  next += ".next";
  json::object all;
  for (const auto& [address, made] : made_) all[address] = ToJson(made);
  {
    std::ofstream out(next, std::ios::binary | std::ios::trunc);
    std::filesystem::permissions(next, perms::owner_read | perms::owner_write, failed);
    out << json::serialize(all);
    if (!out.flush()) return Fail(ErrorKind::kUnavailable, "cannot write " + next.string());
  }
  std::filesystem::rename(next, file_, failed);
  if (failed) {
    return Fail(ErrorKind::kUnavailable,
                "cannot write " + file_.string() + ": " + failed.message());
  }
  return {};
}

}  // namespace scv::daemon
