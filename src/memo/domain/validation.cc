#include "memo/domain/validation.h"

#include <algorithm>

#include "base/text.h"
#include "memo/domain/memo_limits.h"

namespace scv::memo {
namespace {

bool IsBlank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == ' '; });
}

// NUL in particular would be cut by C interfaces further in.
bool HasForbiddenControl(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
  });
}

Result<std::string> Bounded(std::string_view text, std::size_t min, std::size_t max) {
  // Normalising a hostile text costs time: refuse it by its bytes first. NFC of a text is never
  // shorter than a third of it in UTF-8 bytes (UAX #15), and a code point has at most four.
  if (text.size() > max * 12) {
    return Fail(ErrorKind::kInvalid, "must have at most " + std::to_string(max) + " characters");
  }
  SCV_ASSIGN(std::string clean, ToNfc(text));
  const std::size_t length = CodePoints(clean);
  if (length < min) {
    return Fail(ErrorKind::kInvalid,
                "must have at least " + std::to_string(min) + " character" + (min == 1 ? "" : "s"));
  }
  if (length > max) {
    return Fail(ErrorKind::kInvalid, "must have at most " + std::to_string(max) + " characters");
  }
  return clean;
}

bool IsUsernameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

Result<std::string> CleanTitle(std::string_view text) {
  SCV_ASSIGN(std::string title, Bounded(text, 1, kTitleCodePointsMax));
  if (HasControl(title)) return Fail(ErrorKind::kInvalid, "must not contain control characters");
  if (IsBlank(title)) return Fail(ErrorKind::kInvalid, "must not be blank");
  return title;
}

Result<std::string> CleanContent(std::string_view text) {
  SCV_ASSIGN(std::string content, Bounded(text, 0, kContentCodePointsMax));
  if (HasForbiddenControl(content)) {
    return Fail(ErrorKind::kInvalid,
                "must not contain control characters other than tab and line ends");
  }
  return content;
}

Result<std::string> CleanQuery(std::string_view text) {
  SCV_ASSIGN(std::string query, Bounded(text, 1, kQueryCodePointsMax));
  if (HasForbiddenControl(query)) {
    return Fail(ErrorKind::kInvalid, "must not contain control characters");
  }
  return query;
}

Result<std::string> CleanUsername(std::string_view text) {
  const bool fits = text.size() >= kUsernameMin && text.size() <= kUsernameMax &&
                    text.front() >= 'a' && text.front() <= 'z' &&
                    std::all_of(text.begin(), text.end(), IsUsernameCharacter);
  if (!fits) {
    return Fail(ErrorKind::kInvalid,
                "must be 3 to 32 of a-z 0-9 . _ - and start with a letter (lower case)");
  }
  return std::string(text);
}

Result<std::string> CleanPassword(std::string_view text) {
  SCV_ASSIGN(std::string password, Bounded(text, kPasswordCodePointsMin, kPasswordCodePointsMax));
  if (HasForbiddenControl(password)) {
    return Fail(ErrorKind::kInvalid, "must not contain control characters");
  }
  return password;
}

}  // namespace scv::memo
