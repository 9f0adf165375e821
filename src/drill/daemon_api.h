// The daemon's HTTP API over its Unix socket (docs/daemon-api.md), as drills use it. Thread-safe.
#ifndef SCV_DRILL_DAEMON_API_H_
#define SCV_DRILL_DAEMON_API_H_

#include <boost/json/object.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace scv::drill {

class DaemonApi {
 public:
  explicit DaemonApi(std::filesystem::path socket) : socket_(std::move(socket)) {}

  // kUnavailable: no daemon answers there. Errors of the API come back with their kind and detail.
  Result<boost::json::object> Get(std::string_view target) const;
  Result<boost::json::object> Post(std::string_view target, const boost::json::object& body) const;
  Result<boost::json::object> Delete(std::string_view target) const;

  // Hands over each line of a streamed answer until it ends or `go_on`, asked about once a second,
  // says no. Nothing is said about the reason it ended.
  void Follow(std::string_view target, const std::function<void(std::string_view)>& line,
              const std::function<bool()>& go_on) const;

 private:
  Result<boost::json::object> Call(const char* method, std::string_view target,
                                   const std::string& body) const;

  std::filesystem::path socket_;
};

// For use in a target's path or query.
std::string PercentEncode(std::string_view text);

}  // namespace scv::drill

#endif  // SCV_DRILL_DAEMON_API_H_
