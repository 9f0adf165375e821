#include "aws/resource.h"

#include <boost/json/array.hpp>
#include <utility>

namespace scv::aws {
namespace {

namespace json = boost::json;

const json::value* Find(const json::object& attributes, std::string_view name) {
  const auto* value = attributes.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

}  // namespace

std::string_view Name(Status status) {
  switch (status) {
    case Status::kPending:
      return "pending";
    case Status::kAvailable:
      return "available";
    case Status::kRecorded:
      return "recorded";
    case Status::kDeleting:
      return "deleting";
    case Status::kFailed:
      return "failed";
  }
  return "?";
}

const Resource* DesiredState::Find(const ResourceKey& key) const {
  const auto found = resources_.find(key);
  return found == resources_.end() ? nullptr : found->second.get();
}

const Resource* DesiredState::Find(std::string_view region, std::string_view type,
                                   std::string_view id) const {
  return Find(
      ResourceKey{.region = std::string(region), .type = std::string(type), .id = std::string(id)});
}

std::vector<DesiredState::Pointer> DesiredState::List(std::string_view region,
                                                      std::string_view type) const {
  std::vector<Pointer> found;
  const ResourceKey first{.region = std::string(region), .type = std::string(type), .id = ""};
  for (auto it = resources_.lower_bound(first); it != resources_.end(); ++it) {
    if (it->first.region != region || it->first.type != type) break;
    found.push_back(it->second);
  }
  return found;
}

std::vector<DesiredState::Pointer> DesiredState::List(std::string_view type) const {
  std::vector<Pointer> found;
  for (const auto& [key, resource] : resources_) {
    if (key.type == type) found.push_back(resource);
  }
  return found;
}

void DesiredState::Put(Resource resource) {
  ResourceKey key = resource.key;
  resources_[std::move(key)] = std::make_shared<const Resource>(std::move(resource));
}

void DesiredState::Remove(const ResourceKey& key) { resources_.erase(key); }

std::string String(const json::object& attributes, std::string_view name) {
  const auto* value = Find(attributes, name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::int64_t Integer(const json::object& attributes, std::string_view name,
                     std::int64_t otherwise) {
  const auto* value = Find(attributes, name);
  if (value == nullptr || !value->is_number()) return otherwise;
  if (value->is_double()) return static_cast<std::int64_t>(value->get_double());
  return value->is_int64() ? value->get_int64() : static_cast<std::int64_t>(value->get_uint64());
}

bool Boolean(const json::object& attributes, std::string_view name, bool otherwise) {
  const auto* value = Find(attributes, name);
  return value != nullptr && value->is_bool() ? value->get_bool() : otherwise;
}

std::vector<std::string> Strings(const json::object& attributes, std::string_view name) {
  std::vector<std::string> strings;
  const auto* value = Find(attributes, name);
  if (value == nullptr || !value->is_array()) return strings;
  for (const auto& item : value->get_array()) {
    if (item.is_string()) strings.emplace_back(item.get_string());
  }
  return strings;
}

std::vector<const json::object*> Blocks(const json::object& attributes, std::string_view name) {
  std::vector<const json::object*> blocks;
  const auto* value = Find(attributes, name);
  if (value == nullptr) return blocks;
  if (value->is_object()) return {&value->get_object()};
  if (!value->is_array()) return blocks;
  for (const auto& item : value->get_array()) {
    if (item.is_object()) blocks.push_back(&item.get_object());
  }
  return blocks;
}

const json::object* Block(const json::object& attributes, std::string_view name) {
  const auto blocks = Blocks(attributes, name);
  return blocks.empty() ? nullptr : blocks.front();
}

}  // namespace scv::aws
