// The routes of the service, matched without allocation. Pure.
#ifndef SCV_MEMO_HTTP_ROUTES_H_
#define SCV_MEMO_HTTP_ROUTES_H_

#include <cstdint>
#include <ostream>  // Boost 1.81's verb.hpp uses it without including it
#include <string_view>

// After <ostream>.
#include <boost/beast/http/verb.hpp>

namespace scv::memo {

enum class Route : std::uint8_t {
  kCreateMemo,
  kListMemos,
  kGetMemo,
  kReplaceMemo,
  kPatchMemo,
  kTrashMemo,
  kRestoreMemo,
  kPurgeMemo,
  kExport,
  kImport,
  kSignUp,
  kSignIn,
  kGetSession,
  kSignOut,
  kRevokeAll,
  kSetPassword,
  kInfo,
  kOpenApi,
  kLivez,
  kReadyz,
  kMetrics,
  kStatic,  // anything else that is read: a file of the web app, or 404
  kMethodNotAllowed,
  kNotFound,
  kCount,
};

struct RouteMatch {
  Route route = Route::kNotFound;
  std::string_view id;     // the memo's id as text, part of the path
  std::string_view allow;  // for kMethodNotAllowed
};

// HEAD is matched as GET.
RouteMatch MatchRoute(boost::beast::http::verb method, std::string_view path);

// The metrics listener's one path.
RouteMatch MatchMetricsRoute(boost::beast::http::verb method, std::string_view path);

// The template of a route ("/api/v1/memos/{id}"), for metrics and logs.
std::string_view RouteName(Route route);

// The one path whose body is taken as a stream.
bool IsStreamedUpload(std::string_view path);

}  // namespace scv::memo

#endif  // SCV_MEMO_HTTP_ROUTES_H_
