// HTTP/1.1 over a Unix socket for the command line and other programs of the lab's owner: only the
// same user can connect (mode 0600, SO_PEERCRED). A thread per connection, few connections; every
// read and write has a time limit; a stream of events may last as long as its reader reads.
#ifndef SCV_DAEMON_API_SERVER_H_
#define SCV_DAEMON_API_SERVER_H_

#include <atomic>
#include <boost/json/value.hpp>
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/result.h"

namespace scv::daemon {

struct ApiRequest {
  std::string method;
  std::string path;                          // decoded, without the query
  std::map<std::string, std::string> query;  // decoded; the last of a name counts
  std::string body;
};

struct ApiResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  // When set, the body is what this gives, piece by piece, until it gives nothing; an empty piece
  // only checks that the reader is still there.
  std::function<std::optional<std::string>()> stream;
};

ApiResponse JsonResponse(const boost::json::value& value, int status = 200);
// RFC 9457.
ApiResponse Problem(const Error& error);

using ApiHandler = std::function<ApiResponse(const ApiRequest&)>;

class ApiServer {
 public:
  // Replaces a socket that nobody listens on any more.
  static Result<std::unique_ptr<ApiServer>> Listen(const std::filesystem::path& socket,
                                                   ApiHandler handler);
  ~ApiServer();

 private:
  ApiServer(int listener, ApiHandler handler);
  void Accept();
  void Serve(int descriptor);
  bool Answer(int descriptor);

  int listener_;
  ApiHandler handler_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::map<int, std::jthread> connections_;
  std::list<std::jthread> ended_;
  std::jthread acceptor_;
};

}  // namespace scv::daemon

#endif  // SCV_DAEMON_API_SERVER_H_
