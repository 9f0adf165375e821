// Unicode text from outside: validation, normalisation, folding (utf8proc does the work).
#ifndef SCV_BASE_TEXT_H_
#define SCV_BASE_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace scv {

// Whether `text` is well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
bool IsUtf8(std::string_view text);

// Code points in `text`, which must be well-formed.
std::size_t CodePoints(std::string_view text);

// The first `count` code points of well-formed `text`.
std::string_view Prefix(std::string_view text, std::size_t count);

// Normalisation form C. ASCII is returned as it is, without a pass through tables.
// kInvalid: not well-formed UTF-8.
Result<std::string> ToNfc(std::string_view text);

// NFC and full case folding, for comparison without case. Malformed input folds to itself.
std::string FoldCase(std::string_view text);

// Whether `text` has a C0, DEL or C1 control character (tab and newline included).
bool HasControl(std::string_view text);

}  // namespace scv

#endif  // SCV_BASE_TEXT_H_
