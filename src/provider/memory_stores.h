// Object and secret stores without a disk, for offline checks of HCL and for tests. Objects are
// hashed, their bytes are kept only when they are small.
#ifndef SCV_PROVIDER_MEMORY_STORES_H_
#define SCV_PROVIDER_MEMORY_STORES_H_

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "aws/stores.h"

namespace scv::provider {

class MemoryObjects final : public aws::ObjectStore {
 public:
  Result<void> CreateBucket(std::string_view bucket, std::string_view region) override;
  Result<void> DeleteBucket(std::string_view bucket) override;
  Result<void> SetVersioning(std::string_view bucket, bool enabled) override;
  Result<void> EmptyBucket(std::string_view bucket) override;
  Result<aws::ObjectInfo> PutFile(std::string_view bucket, std::string_view key,
                                  const std::filesystem::path& file,
                                  aws::ObjectInfo wanted) override;
  Result<aws::ObjectInfo> PutBytes(std::string_view bucket, std::string_view key,
                                   std::string_view bytes, aws::ObjectInfo wanted) override;
  Result<aws::ObjectInfo> Head(std::string_view bucket, std::string_view key,
                               std::string_view version_id = {}) override;
  Result<std::string> Get(std::string_view bucket, std::string_view key, std::int64_t bytes_max,
                          std::string_view version_id = {}) override;
  Result<void> Delete(std::string_view bucket, std::string_view key,
                      std::string_view version_id = {}) override;

 private:
  struct Object {
    aws::ObjectInfo info;
    std::string bytes;
  };
  struct Bucket {
    bool versioned = false;
    std::map<std::string, Object, std::less<>> objects;
  };
  Result<Bucket*> Find(std::string_view bucket);

  std::mutex mutex_;
  std::map<std::string, Bucket, std::less<>> buckets_;
  int versions_ = 0;
};

class MemorySecrets final : public aws::SecretStore {
 public:
  Result<Version> Put(std::string_view secret_arn, std::string_view version_id,
                      std::vector<std::string> stages, std::string_view value) override;
  Result<Value> Get(std::string_view secret_arn, std::string_view version_id = {},
                    std::string_view stage = {}) override;
  Result<std::vector<Version>> Versions(std::string_view secret_arn) override;
  Result<void> Forget(std::string_view secret_arn) override;

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<Value>, std::less<>> secrets_;
};

}  // namespace scv::provider

#endif  // SCV_PROVIDER_MEMORY_STORES_H_
