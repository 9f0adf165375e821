// The two stores of bytes that resources only name: objects (S3) and secret values (Secrets
// Manager). Both are durable and thread-safe; the services/ room implements them, the provider and
// the AWS endpoints use them.
#ifndef SCV_AWS_STORES_H_
#define SCV_AWS_STORES_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace scv::aws {

struct ObjectInfo {
  std::string key;
  std::string version_id;  // "null" where the bucket has no versioning
  std::string etag;        // with its quotes left off
  std::int64_t size = 0;
  Millis modified_at = 0;
  std::string content_type;
  std::map<std::string, std::string> metadata;  // x-amz-meta-*, and system metadata by header name
  bool delete_marker = false;
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  virtual Result<void> CreateBucket(std::string_view bucket, std::string_view region) = 0;
  // kConflict: the bucket is not empty.
  virtual Result<void> DeleteBucket(std::string_view bucket) = 0;
  virtual Result<void> SetVersioning(std::string_view bucket, bool enabled) = 0;
  // Deletes every version of every object.
  virtual Result<void> EmptyBucket(std::string_view bucket) = 0;
  // Copies the file in; durable when it returns.
  virtual Result<ObjectInfo> PutFile(std::string_view bucket, std::string_view key,
                                     const std::filesystem::path& file, ObjectInfo wanted) = 0;
  virtual Result<ObjectInfo> PutBytes(std::string_view bucket, std::string_view key,
                                      std::string_view bytes, ObjectInfo wanted) = 0;
  virtual Result<ObjectInfo> Head(std::string_view bucket, std::string_view key,
                                  std::string_view version_id = {}) = 0;
  virtual Result<std::string> Get(std::string_view bucket, std::string_view key,
                                  std::int64_t bytes_max, std::string_view version_id = {}) = 0;
  virtual Result<void> Delete(std::string_view bucket, std::string_view key,
                              std::string_view version_id = {}) = 0;
};

// A secret's values, by ARN. Values are encrypted at rest with a key that only the lab's owner can
// read; no value ever appears in an error.
class SecretStore {
 public:
  virtual ~SecretStore() = default;
  struct Version {
    std::string version_id;
    std::vector<std::string> stages;  // "AWSCURRENT", "AWSPREVIOUS", …
    Millis created_at = 0;
  };
  // Moves the stages from whichever version has them, as PutSecretValue does. The same version id
  // with the same value changes nothing; with another value: kConflict.
  virtual Result<Version> Put(std::string_view secret_arn, std::string_view version_id,
                              std::vector<std::string> stages, std::string_view value) = 0;
  struct Value {
    Version version;
    std::string value;
  };
  // By version id, or by stage where the id is empty (AWSCURRENT where both are).
  virtual Result<Value> Get(std::string_view secret_arn, std::string_view version_id = {},
                            std::string_view stage = {}) = 0;
  virtual Result<std::vector<Version>> Versions(std::string_view secret_arn) = 0;
  // Forgets every value at once.
  virtual Result<void> Forget(std::string_view secret_arn) = 0;
};

}  // namespace scv::aws

#endif  // SCV_AWS_STORES_H_
