// What text from outside must be like before it becomes part of a command (docs/api.md). Pure.
// Each returns the text to keep (NFC), or kInvalid with a message fit for the client.
#ifndef SCV_MEMO_DOMAIN_VALIDATION_H_
#define SCV_MEMO_DOMAIN_VALIDATION_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace scv::memo {

// 1 to 200 code points, no control characters, not blank.
Result<std::string> CleanTitle(std::string_view text);
// Up to 20,000 code points; tab, line feed and carriage return are the only control characters.
Result<std::string> CleanContent(std::string_view text);
// A search text: 1 to 100 code points.
Result<std::string> CleanQuery(std::string_view text);
// 3 to 32 of a-z 0-9 . _ -, starting with a letter.
Result<std::string> CleanUsername(std::string_view text);
// 8 to 128 code points. Normalised, so that it can be typed on any keyboard.
Result<std::string> CleanPassword(std::string_view text);

}  // namespace scv::memo

#endif  // SCV_MEMO_DOMAIN_VALIDATION_H_
