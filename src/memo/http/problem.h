// RFC 9457 problem documents: the one form of every error that a client sees.
#ifndef SCV_MEMO_HTTP_PROBLEM_H_
#define SCV_MEMO_HTTP_PROBLEM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "memo/domain/memo_types.h"

namespace scv::memo {

enum class ProblemKind : std::uint8_t {
  kBadRequest,
  kValidation,
  kUnauthenticated,
  kBadCredentials,  // at sign-in, 401
  kWrongPassword,   // at a password change, 403, the same type
  kCsrf,
  kCrossSite,
  kSignupClosed,
  kNotFound,
  kMethodNotAllowed,
  kUsernameTaken,
  kMemoTrashed,
  kMemoNotTrashed,
  kVersionConflict,
  kTooLarge,
  kUnsupportedMediaType,
  kIdempotencyKeyReused,
  kPreconditionRequired,
  kTooManyRequests,
  kHeadersTooLarge,
  kInternal,
  kDurabilityUnavailable,  // there is no other region, 501
  kDurabilityUnconfirmed,  // it has not confirmed the write, 503, the same type
  kOverloaded,
  kDatabaseUnavailable,
};

struct FieldError {
  std::string field;
  std::string message;
};

struct Problem {
  ProblemKind kind = ProblemKind::kInternal;
  std::string detail;
  std::vector<FieldError> errors;
  std::optional<Memo> current;  // kVersionConflict
  int retry_after = 0;          // seconds; 0: no such header
  std::string_view allow;       // kMethodNotAllowed
};

unsigned StatusOf(ProblemKind kind);
std::string_view TypeOf(ProblemKind kind);   // "version-conflict"
std::string_view TitleOf(ProblemKind kind);  // a short sentence that does not vary

// What a store's failure is to a client.
Problem ProblemFromError(const Error& error);

}  // namespace scv::memo

#endif  // SCV_MEMO_HTTP_PROBLEM_H_
