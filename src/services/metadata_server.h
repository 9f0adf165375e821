// Instance metadata, version 2 only, for any number of instances: each is served on a listening
// descriptor of its own (169.254.169.254:80 in the instance's network namespace), which is how it
// is known who asks.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
//
// A hop limit is not enforced here: what answers is inside the instance's own namespace, which
// nothing is routed through.
#ifndef SCV_SERVICES_METADATA_SERVER_H_
#define SCV_SERVICES_METADATA_SERVER_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "services/credentials.h"
#include "services/http_server.h"
#include "services/metadata_tree.h"

namespace scv::services {

// Thread-safe.
class MetadataServer {
 public:
  explicit MetadataServer(std::shared_ptr<const Credentials> credentials);
  ~MetadataServer();

  // Serves the instance, instead of an earlier one of the same id. Takes the descriptor. Tokens
  // that were given out stay good: they follow from a key that lives as long as this process.
  Result<void> Add(int listening, InstanceFacts facts);
  // New facts (tags, a public address) for one that is served. kNotFound: it is not.
  Result<void> Change(InstanceFacts facts);
  void Remove(std::string_view instance_id);

 private:
  class Handler;
  struct Entry {
    HttpServer::ListenerId listener = 0;
    std::shared_ptr<Handler> handler;
  };
  const std::shared_ptr<const Credentials> credentials_;
  std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> instances_;
  HttpServer server_;  // last: its threads end first
};

}  // namespace scv::services

#endif  // SCV_SERVICES_METADATA_SERVER_H_
