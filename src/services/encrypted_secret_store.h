// The secret store: values sealed with a key file of the owner's, in SQLite. Thread-safe.
#ifndef SCV_SERVICES_ENCRYPTED_SECRET_STORE_H_
#define SCV_SERVICES_ENCRYPTED_SECRET_STORE_H_

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "aws/stores.h"
#include "sqlite/sqlite_connection.h"

namespace scv::services {

class EncryptedSecretStore final : public aws::SecretStore {
 public:
  // secrets.sqlite and secrets.key in the directory, both made when missing. kInternal: the key is
  // not the one that the values were sealed with.
  static Result<std::unique_ptr<EncryptedSecretStore>> Open(const std::filesystem::path& directory);

  Result<Version> Put(std::string_view secret_arn, std::string_view version_id,
                      std::vector<std::string> stages, std::string_view value) override;
  Result<Value> Get(std::string_view secret_arn, std::string_view version_id,
                    std::string_view stage) override;
  Result<std::vector<Version>> Versions(std::string_view secret_arn) override;
  Result<void> Forget(std::string_view secret_arn) override;

  // Takes a stage from one version and gives it to another; either may be empty. kInvalid: `from`
  // does not have it, or it is with another version than `from`. kNotFound: there is no version
  // `to`.
  Result<void> MoveStage(std::string_view secret_arn, std::string_view stage, std::string_view from,
                         std::string_view to);

 private:
  struct Row {
    Version version;
    std::string sealed;
  };
  EncryptedSecretStore(std::unique_ptr<SqliteConnection> connection, std::string key)
      : connection_(std::move(connection)), key_(std::move(key)), transactions_(*connection_) {}
  Result<void> CheckKey();
  Result<std::vector<Row>> Rows(std::string_view arn);
  Result<std::string> Open(std::string_view arn, const Row& row);
  Result<void> Write(std::string_view arn, const std::vector<Row>& rows);

  std::mutex mutex_;
  std::unique_ptr<SqliteConnection> connection_;
  const std::string key_;
  SqliteTransactions transactions_;
  SqliteWriterQueue writers_;
};

}  // namespace scv::services

#endif  // SCV_SERVICES_ENCRYPTED_SECRET_STORE_H_
