#include "base/result.h"

namespace scv {

std::string_view Name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid:
      return "invalid";
    case ErrorKind::kDenied:
      return "denied";
    case ErrorKind::kNotFound:
      return "not-found";
    case ErrorKind::kConflict:
      return "conflict";
    case ErrorKind::kUnavailable:
      return "unavailable";
    case ErrorKind::kReadOnly:
      return "read-only";
    case ErrorKind::kTimeout:
      return "timeout";
    case ErrorKind::kOverloaded:
      return "overloaded";
    case ErrorKind::kInternal:
      return "internal";
  }
  return "internal";
}

}  // namespace scv
