// AWS's public endpoints, as the lab's instances and its owner reach them: S3, Secrets Manager, STS
// and the RDS certificate bundle, told apart by the name in Host.
#ifndef SCV_SERVICES_ENDPOINTS_H_
#define SCV_SERVICES_ENDPOINTS_H_

#include <memory>
#include <string>

#include "aws/account.h"
#include "services/credentials.h"
#include "services/disk_object_store.h"
#include "services/encrypted_secret_store.h"
#include "services/http_server.h"

namespace scv::services {

struct EndpointsConfig {
  aws::Account& account;
  DiskObjectStore& objects;
  EncryptedSecretStore& secrets;
  std::shared_ptr<const Credentials> credentials;
  TlsContexts tls;         // for the names under amazonaws.com; empty: plain HTTP (tests)
  std::string rds_bundle;  // PEM: what truststore.pki.rds.amazonaws.com gives
};

// What the config refers to must outlive this object. Thread-safe.
class Endpoints {
 public:
  explicit Endpoints(EndpointsConfig config);
  ~Endpoints();
  // Serves a region on a descriptor that listens (port 443 of the region's address). Takes it.
  Result<HttpServer::ListenerId> Serve(int listening, std::string region);
  void Close(HttpServer::ListenerId id) { server_.Close(id); }

 private:
  class Router;
  const TlsContexts tls_;
  const std::shared_ptr<Router> router_;
  HttpServer server_;  // last: its threads end first
};

}  // namespace scv::services

#endif  // SCV_SERVICES_ENDPOINTS_H_
