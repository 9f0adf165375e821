// Secrets Manager's HTTP interface (AWS JSON 1.1) over the desired state and the secret store.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html
//
// Which secrets there are is the desired state's business: those that Terraform made, and those
// made here, are aws_secretsmanager_secret resources alike. A deleted secret that waits for its
// end has the hidden attribute "_deletion_date" (milliseconds).
#ifndef SCV_SERVICES_SECRETS_ENDPOINT_H_
#define SCV_SERVICES_SECRETS_ENDPOINT_H_

#include <boost/json/object.hpp>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "aws/account.h"
#include "services/answers.h"
#include "services/credentials.h"
#include "services/encrypted_secret_store.h"

namespace scv::services {

// A call that has been taken apart and whose signature is good.
struct SecretsCall {
  const HttpHead* head = nullptr;
  std::string operation;  // "GetSecretValue"
  std::string region;
  boost::json::object parameters;
  Caller caller;
  Millis now = 0;
  std::shared_ptr<const aws::DesiredState> state;
};
using SecretsAnswer = std::expected<boost::json::object, AwsError>;

class SecretsEndpoint {
 public:
  SecretsEndpoint(aws::Account& account, EncryptedSecretStore& store,
                  std::shared_ptr<const Credentials> credentials)
      : account_(account), store_(store), credentials_(std::move(credentials)) {}

  std::unique_ptr<Exchange> Begin(const HttpHead& head, std::string region);

 private:
  HttpResponse Answer(const HttpHead& head, const std::string& region, const std::string& body);
  SecretsAnswer Perform(const SecretsCall& call);

  // The secret that SecretId names, when the caller may do that to it.
  std::expected<const aws::Resource*, AwsError> Permitted(const SecretsCall& call);
  std::expected<void, AwsError> Check(const SecretsCall& call, const aws::Resource* secret,
                                      const std::string& arn);
  // A customer's key wants a permission of its own.
  std::expected<void, AwsError> CheckKey(const SecretsCall& call, const aws::Resource& secret,
                                         const std::string& action);
  const aws::Resource* Find(const SecretsCall& call, std::string_view id) const;

  SecretsAnswer Create(const SecretsCall& call);
  SecretsAnswer Describe(const SecretsCall& call, const aws::Resource& secret);
  SecretsAnswer GetValue(const SecretsCall& call, const aws::Resource& secret);
  SecretsAnswer PutValue(const SecretsCall& call, const aws::Resource& secret);
  SecretsAnswer Update(const SecretsCall& call, const aws::Resource& secret);
  SecretsAnswer UpdateStage(const SecretsCall& call, const aws::Resource& secret);
  SecretsAnswer ListVersions(const SecretsCall& call, const aws::Resource& secret);
  SecretsAnswer List(const SecretsCall& call);
  SecretsAnswer Delete(const SecretsCall& call, const aws::Resource& secret);
  SecretsAnswer Restore(const SecretsCall& call, const aws::Resource& secret);
  SecretsAnswer RandomPassword(const SecretsCall& call);
  // Sets attributes of a secret; null removes one.
  std::expected<void, AwsError> Change(const aws::ResourceKey& key, boost::json::object attributes);

  aws::Account& account_;
  EncryptedSecretStore& store_;
  const std::shared_ptr<const Credentials> credentials_;
};

// Parameters; "" and the like where they are missing. Of another type: an AwsError is the answer,
// found by CheckTypes before anything else.
std::string TextOf(const boost::json::object& parameters, std::string_view name);

}  // namespace scv::services

#endif  // SCV_SERVICES_SECRETS_ENDPOINT_H_
