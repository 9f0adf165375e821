// The opaque place in a list: base64url of a form byte and the last id shown. It holds nothing
// secret and cannot reach another account's memos (the session decides that), so it is not signed.
#ifndef SCV_MEMO_HTTP_CURSOR_H_
#define SCV_MEMO_HTTP_CURSOR_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/uuid.h"

namespace scv::memo {

std::string EncodeCursor(const Uuid& last);
std::optional<Uuid> DecodeCursor(std::string_view text);

}  // namespace scv::memo

#endif  // SCV_MEMO_HTTP_CURSOR_H_
