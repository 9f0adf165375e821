#include "memo/http/problem.h"

#include <array>

namespace scv::memo {
namespace {

struct Row {
  unsigned status;
  std::string_view type;
  std::string_view title;
};

// In the order of ProblemKind.
constexpr std::array<Row, 25> kRows = {{
    {400, "bad-request", "The request is malformed"},
    {400, "validation", "A field is not valid"},
    {401, "unauthenticated", "Sign in first"},
    {401, "bad-credentials", "The user name or the password is wrong"},
    {403, "bad-credentials", "The user name or the password is wrong"},
    {403, "csrf", "The CSRF token is missing or wrong"},
    {403, "cross-site", "Requests from other sites are refused"},
    {403, "signup-closed", "Sign-up is closed"},
    {404, "not-found", "There is no such thing"},
    {405, "method-not-allowed", "The method is not allowed here"},
    {409, "username-taken", "The user name is taken"},
    {409, "memo-trashed", "The memo is in the trash"},
    {409, "memo-not-trashed", "The memo is not in the trash"},
    {412, "version-conflict", "The memo has changed meanwhile"},
    {413, "too-large", "The request is too large"},
    {415, "unsupported-media-type", "The media type is not supported"},
    {422, "idempotency-key-reused", "The idempotency key was used for another request"},
    {428, "precondition-required", "If-Match is required"},
    {429, "too-many-requests", "Too many requests"},
    {431, "headers-too-large", "The header is too large"},
    {500, "internal", "The service made an error"},
    {501, "durability-unavailable", "The requested durability is not available"},
    {503, "durability-unavailable", "The requested durability is not available"},
    {503, "overloaded", "The service is overloaded"},
    {503, "database-unavailable", "The database is not available"},
}};

const Row& RowOf(ProblemKind kind) { return kRows[static_cast<std::size_t>(kind)]; }

}  // namespace

unsigned StatusOf(ProblemKind kind) { return RowOf(kind).status; }
std::string_view TypeOf(ProblemKind kind) { return RowOf(kind).type; }
std::string_view TitleOf(ProblemKind kind) { return RowOf(kind).title; }

Problem ProblemFromError(const Error& error) {
  Problem problem;
  switch (error.kind) {
    case ErrorKind::kInvalid:
      problem.kind = ProblemKind::kBadRequest;
      problem.detail = "The database refused the values of this request.";
      break;
    case ErrorKind::kOverloaded:
      problem.kind = ProblemKind::kOverloaded;
      problem.detail = "Nothing was done. Repeat later with the same Idempotency-Key.";
      problem.retry_after = 1;
      break;
    case ErrorKind::kInternal:
    case ErrorKind::kNotFound:
    case ErrorKind::kConflict:
      problem.kind = ProblemKind::kInternal;
      problem.detail = "The log has the story under this request id.";
      break;
    default:
      problem.kind = ProblemKind::kDatabaseUnavailable;
      problem.detail = "Nothing was acknowledged. Repeat later with the same Idempotency-Key.";
      problem.retry_after = 2;
  }
  return problem;
}

}  // namespace scv::memo
