#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "provider/server.h"

namespace scv::provider {

std::string ReattachJson(int pid, const std::filesystem::path& socket) {
  namespace json = boost::json;
  // Test: otherwise Terraform takes the daemon for its child and ends it.
  const json::object entry{{"Protocol", "grpc"},
                           {"ProtocolVersion", 5},
                           {"Pid", pid},
                           {"Test", true},
                           {"Addr", {{"Network", "unix"}, {"String", socket.string()}}}};
  return json::serialize(json::object{{"registry.terraform.io/hashicorp/aws", entry}});
}

}  // namespace scv::provider
