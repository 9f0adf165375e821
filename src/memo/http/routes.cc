#include "memo/http/routes.h"

#include <array>

namespace scv::memo {
namespace {

using boost::beast::http::verb;

constexpr std::string_view kMemos = "/api/v1/memos";
constexpr std::string_view kImportPath = "/api/v1/import";

struct Entry {
  std::string_view path;
  verb method;
  Route route;
};

constexpr std::array<Entry, 14> kFixed = {{
    {kMemos, verb::post, Route::kCreateMemo},
    {kMemos, verb::get, Route::kListMemos},
    {"/api/v1/session", verb::get, Route::kGetSession},
    {"/api/v1/session", verb::post, Route::kSignIn},
    {"/api/v1/session", verb::delete_, Route::kSignOut},
    {"/api/v1/session/revoke-all", verb::post, Route::kRevokeAll},
    {"/api/v1/accounts", verb::post, Route::kSignUp},
    {"/api/v1/account/password", verb::put, Route::kSetPassword},
    {"/api/v1/export", verb::get, Route::kExport},
    {kImportPath, verb::post, Route::kImport},
    {"/api/v1/info", verb::get, Route::kInfo},
    {"/api/v1/openapi.json", verb::get, Route::kOpenApi},
    {"/livez", verb::get, Route::kLivez},
    {"/readyz", verb::get, Route::kReadyz},
}};

RouteMatch MatchMemo(verb method, std::string_view rest) {
  const std::size_t slash = rest.find('/');
  RouteMatch match;
  match.id = rest.substr(0, slash);
  if (match.id.empty()) return {};
  if (slash == std::string_view::npos) {
    switch (method) {
      case verb::get:
        match.route = Route::kGetMemo;
        break;
      case verb::put:
        match.route = Route::kReplaceMemo;
        break;
      case verb::patch:
        match.route = Route::kPatchMemo;
        break;
      case verb::delete_:
        match.route = Route::kTrashMemo;
        break;
      default:
        match.route = Route::kMethodNotAllowed;
        match.allow = "GET, HEAD, PUT, PATCH, DELETE";
    }
    return match;
  }
  const std::string_view action = rest.substr(slash + 1);
  if (action == "restore") {
    match.route = Route::kRestoreMemo;
  } else if (action == "purge") {
    match.route = Route::kPurgeMemo;
  } else {
    return {};
  }
  if (method != verb::post) {
    match.route = Route::kMethodNotAllowed;
    match.allow = "POST";
  }
  return match;
}

std::string_view AllowFor(std::string_view path) {
  if (path == kMemos) return "GET, HEAD, POST";
  if (path == "/api/v1/session") return "GET, HEAD, POST, DELETE";
  if (path == "/api/v1/session/revoke-all" || path == "/api/v1/accounts" || path == kImportPath) {
    return "POST";
  }
  if (path == "/api/v1/account/password") return "PUT";
  return "GET, HEAD";
}

}  // namespace

RouteMatch MatchRoute(verb method, std::string_view path) {
  if (method == verb::head) method = verb::get;
  if (path.size() > kMemos.size() && path.starts_with(kMemos) && path[kMemos.size()] == '/') {
    return MatchMemo(method, path.substr(kMemos.size() + 1));
  }
  bool path_known = false;
  for (const Entry& entry : kFixed) {
    if (entry.path != path) continue;
    if (entry.method == method) return {entry.route, {}, {}};
    path_known = true;
  }
  if (path_known) return {Route::kMethodNotAllowed, {}, AllowFor(path)};
  if (path.starts_with("/api/")) return {};
  if (method == verb::get) return {Route::kStatic, {}, {}};
  return {Route::kMethodNotAllowed, {}, "GET, HEAD"};
}

RouteMatch MatchMetricsRoute(verb method, std::string_view path) {
  if (path != "/metrics") return {};
  if (method != verb::get && method != verb::head) {
    return {Route::kMethodNotAllowed, {}, "GET, HEAD"};
  }
  return {Route::kMetrics, {}, {}};
}

std::string_view RouteName(Route route) {
  switch (route) {
    case Route::kCreateMemo:
    case Route::kListMemos:
      return "/api/v1/memos";
    case Route::kGetMemo:
    case Route::kReplaceMemo:
    case Route::kPatchMemo:
    case Route::kTrashMemo:
      return "/api/v1/memos/{id}";
    case Route::kRestoreMemo:
      return "/api/v1/memos/{id}/restore";
    case Route::kPurgeMemo:
      return "/api/v1/memos/{id}/purge";
    case Route::kExport:
      return "/api/v1/export";
    case Route::kImport:
      return "/api/v1/import";
    case Route::kSignUp:
      return "/api/v1/accounts";
    case Route::kSignIn:
    case Route::kGetSession:
    case Route::kSignOut:
      return "/api/v1/session";
    case Route::kRevokeAll:
      return "/api/v1/session/revoke-all";
    case Route::kSetPassword:
      return "/api/v1/account/password";
    case Route::kInfo:
      return "/api/v1/info";
    case Route::kOpenApi:
      return "/api/v1/openapi.json";
    case Route::kLivez:
      return "/livez";
    case Route::kReadyz:
      return "/readyz";
    case Route::kMetrics:
      return "/metrics";
    case Route::kStatic:
      return "static";
    default:
      return "other";
  }
}

bool IsStreamedUpload(std::string_view path) { return path == kImportPath; }

}  // namespace scv::memo
