// The daemon's HTTP API over its Unix socket, as the commands use it.
#ifndef SCV_CLI_API_CLIENT_H_
#define SCV_CLI_API_CLIENT_H_

#include <boost/json/value.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace scv::cli {

class ApiClient {
 public:
  explicit ApiClient(std::filesystem::path socket) : socket_(std::move(socket)) {}

  // kUnavailable: no daemon answers there; the message says how to start the lab. Errors of the API
  // come back with their kind and detail.
  Result<boost::json::value> Get(std::string_view target) const;
  Result<boost::json::value> Post(std::string_view target, const boost::json::value& body) const;
  Result<std::string> Text(std::string_view target) const;

  // Hands over each line of a streamed answer until it ends or `line` returns false.
  Result<void> Follow(std::string_view target,
                      const std::function<bool(std::string_view)>& line) const;
  // The same for the answer to a POST.
  Result<void> FollowPost(std::string_view target, const boost::json::value& body,
                          const std::function<bool(std::string_view)>& line) const;

 private:
  std::filesystem::path socket_;
};

// For use in a target's path or query.
std::string PercentEncode(std::string_view text);

}  // namespace scv::cli

#endif  // SCV_CLI_API_CLIENT_H_
