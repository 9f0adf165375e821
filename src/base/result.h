// Errors as values. Every function that can fail for a reason outside its own code returns a
// Result; exceptions of libraries are caught in the room that calls the library.
#ifndef SCV_BASE_RESULT_H_
#define SCV_BASE_RESULT_H_

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace scv {

// One kind per different reaction of a caller, not per cause.
enum class ErrorKind {
  kInvalid,      // the input is wrong; repeating it is useless
  kDenied,       // credentials were refused; read them again
  kNotFound,     // what was named does not exist
  kConflict,     // it exists already, or is in a state that forbids this
  kUnavailable,  // the other side is unreachable or went away; repeat later. The effect of what
                 // was under way is unknown
  kReadOnly,     // the other side is alive but not the writable one; look its name up again
  kTimeout,      // the deadline passed; the effect is unknown
  kOverloaded,   // refused before anything was done, a limit is reached; repeat later
  kInternal,     // a defect or an unexpected answer; the log has the story
};

std::string_view Name(ErrorKind kind);

// `message` names what happened, where, and the remedy; it never contains a secret or user text.
struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message;
};

template <typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> Fail(ErrorKind kind, std::string message) {
  return std::unexpected(Error{kind, std::move(message)});
}

}  // namespace scv

// Evaluates `expr` (a Result<void>) and returns its error from the enclosing function.
#define SCV_TRY(expr)                                                \
  do {                                                               \
    if (auto scv_try_result = (expr); !scv_try_result.has_value()) { \
      return std::unexpected(std::move(scv_try_result).error());     \
    }                                                                \
  } while (false)

#define SCV_CONCAT_INNER(a, b) a##b
#define SCV_CONCAT(a, b) SCV_CONCAT_INNER(a, b)
// SCV_ASSIGN(auto x, Function()): x becomes the value, or the error is returned. Several
// statements: not for the body of an `if` without braces.
#define SCV_ASSIGN(declaration, expr) \
  SCV_ASSIGN_INNER(declaration, expr, SCV_CONCAT(scv_result_, __LINE__))
#define SCV_ASSIGN_INNER(declaration, expr, name)    \
  auto name = (expr);                                \
  if (!name.has_value()) {                           \
    return std::unexpected(std::move(name).error()); \
  }                                                  \
  declaration = std::move(*name)

#endif  // SCV_BASE_RESULT_H_
