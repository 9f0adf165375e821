// The built web app, read once at start and kept in memory with its compressed form: a request can
// only name what was there then, so no path reaches the file system.
#ifndef SCV_MEMO_HTTP_STATIC_FILES_H_
#define SCV_MEMO_HTTP_STATIC_FILES_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "memo/http/request.h"
#include "memo/http/response.h"

namespace scv::memo {

class StaticFiles {
 public:
  // At most 2,000 files and 32 MiB. kNotFound: no index.html there (the message says how to build).
  static Result<std::unique_ptr<StaticFiles>> Load(const std::string& directory);

  // The file of the path; for a page's path that is no file, index.html (the app routes itself).
  // 304 for a matching If-None-Match, gzip where the client takes it. nullptr contents: 404.
  // Thread-safe.
  std::optional<Response> Find(const Request& request) const;

 private:
  struct File {
    std::string_view type;
    std::string etag;  // with quotes
    bool immutable = false;
    bool page = false;
    std::shared_ptr<const std::string> plain;
    mutable std::once_flag once;
    mutable std::shared_ptr<const std::string> gzip;  // made when first asked for
  };

  Result<void> AddFile(const std::string& path, std::string contents);
  static Response Serve(const File& file, const Request& request);

  std::map<std::string, File, std::less<>> files_;
};

}  // namespace scv::memo

#endif  // SCV_MEMO_HTTP_STATIC_FILES_H_
