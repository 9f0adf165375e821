#include "provider/memory_stores.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/time.h"
#include "provider/random_text.h"

namespace scv::provider {
namespace {

constexpr std::size_t kKeptBytesMax = std::size_t{1} << 20;

}  // namespace

Result<MemoryObjects::Bucket*> MemoryObjects::Find(std::string_view bucket) {
  const auto found = buckets_.find(bucket);
  if (found == buckets_.end()) {
    return Fail(ErrorKind::kNotFound, "there is no bucket " + std::string(bucket));
  }
  return &found->second;
}

Result<void> MemoryObjects::CreateBucket(std::string_view bucket, std::string_view /*region*/) {
  const std::scoped_lock lock(mutex_);
  buckets_.try_emplace(std::string(bucket));
  return {};
}

Result<void> MemoryObjects::DeleteBucket(std::string_view bucket) {
  const std::scoped_lock lock(mutex_);
  SCV_ASSIGN(auto* found, Find(bucket));
  if (!found->objects.empty()) {
    return Fail(ErrorKind::kConflict, "the bucket " + std::string(bucket) + " is not empty");
  }
  buckets_.erase(std::string(bucket));
  return {};
}

Result<void> MemoryObjects::SetVersioning(std::string_view bucket, bool enabled) {
  const std::scoped_lock lock(mutex_);
  SCV_ASSIGN(auto* found, Find(bucket));
  found->versioned = enabled;
  return {};
}

Result<void> MemoryObjects::EmptyBucket(std::string_view bucket) {
  const std::scoped_lock lock(mutex_);
  SCV_ASSIGN(auto* found, Find(bucket));
  found->objects.clear();
  return {};
}

Result<aws::ObjectInfo> MemoryObjects::PutFile(std::string_view bucket, std::string_view key,
                                               const std::filesystem::path& file,
                                               aws::ObjectInfo wanted) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Fail(ErrorKind::kNotFound, "cannot read " + file.string());
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return PutBytes(bucket, key, bytes.str(), std::move(wanted));
}

Result<aws::ObjectInfo> MemoryObjects::PutBytes(std::string_view bucket, std::string_view key,
                                                std::string_view bytes, aws::ObjectInfo wanted) {
  const std::scoped_lock lock(mutex_);
  SCV_ASSIGN(auto* found, Find(bucket));
  wanted.key = std::string(key);
  wanted.size = static_cast<std::int64_t>(bytes.size());
  wanted.etag = HashText(bytes, 32);
  wanted.modified_at = WallClockMillis();
  wanted.version_id = found->versioned ? "v" + std::to_string(++versions_) : "null";
  auto& object = found->objects[std::string(key)];
  object.info = wanted;
  object.bytes = bytes.size() <= kKeptBytesMax ? std::string(bytes) : std::string();
  return wanted;
}

Result<aws::ObjectInfo> MemoryObjects::Head(std::string_view bucket, std::string_view key,
                                            std::string_view /*version_id*/) {
  const std::scoped_lock lock(mutex_);
  SCV_ASSIGN(auto* found, Find(bucket));
  const auto object = found->objects.find(key);
  if (object == found->objects.end()) {
    return Fail(ErrorKind::kNotFound, "there is no object " + std::string(key));
  }
  return object->second.info;
}

Result<std::string> MemoryObjects::Get(std::string_view bucket, std::string_view key,
                                       std::int64_t bytes_max, std::string_view /*version_id*/) {
  const std::scoped_lock lock(mutex_);
  SCV_ASSIGN(auto* found, Find(bucket));
  const auto object = found->objects.find(key);
  if (object == found->objects.end() || object->second.info.size > bytes_max) {
    return Fail(ErrorKind::kNotFound, "there is no such small object " + std::string(key));
  }
  return object->second.bytes;
}

Result<void> MemoryObjects::Delete(std::string_view bucket, std::string_view key,
                                   std::string_view /*version_id*/) {
  const std::scoped_lock lock(mutex_);
  SCV_ASSIGN(auto* found, Find(bucket));
  const auto object = found->objects.find(key);
  if (object != found->objects.end()) found->objects.erase(object);
  return {};
}

Result<aws::SecretStore::Version> MemorySecrets::Put(std::string_view secret_arn,
                                                     std::string_view version_id,
                                                     std::vector<std::string> stages,
                                                     std::string_view value) {
  const std::scoped_lock lock(mutex_);
  auto& values = secrets_[std::string(secret_arn)];
  for (auto& known : values) {
    if (known.version.version_id == version_id) {
      if (known.value != value) return Fail(ErrorKind::kConflict, "the version has another value");
      return known.version;
    }
    std::erase_if(known.version.stages,
                  [&](const auto& stage) { return std::ranges::count(stages, stage) > 0; });
  }
  values.push_back(
      {{std::string(version_id), std::move(stages), WallClockMillis()}, std::string(value)});
  return values.back().version;
}

Result<aws::SecretStore::Value> MemorySecrets::Get(std::string_view secret_arn,
                                                   std::string_view version_id,
                                                   std::string_view stage) {
  const std::scoped_lock lock(mutex_);
  const auto found = secrets_.find(secret_arn);
  if (version_id.empty() && stage.empty()) stage = "AWSCURRENT";
  if (found != secrets_.end()) {
    for (const auto& value : found->second) {
      if (version_id.empty() ? std::ranges::count(value.version.stages, stage) > 0
                             : value.version.version_id == version_id) {
        return value;
      }
    }
  }
  return Fail(ErrorKind::kNotFound, "the secret has no such version");
}

Result<std::vector<aws::SecretStore::Version>> MemorySecrets::Versions(
    std::string_view secret_arn) {
  const std::scoped_lock lock(mutex_);
  std::vector<Version> versions;
  const auto found = secrets_.find(secret_arn);
  if (found == secrets_.end()) return versions;
  for (const auto& value : found->second) versions.push_back(value.version);
  return versions;
}

Result<void> MemorySecrets::Forget(std::string_view secret_arn) {
  const std::scoped_lock lock(mutex_);
  const auto found = secrets_.find(secret_arn);
  if (found != secrets_.end()) secrets_.erase(found);
  return {};
}

}  // namespace scv::provider
