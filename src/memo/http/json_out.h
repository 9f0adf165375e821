// Response bodies. Structure is written here, every string goes through Boost.JSON's serializer.
// Pure.
#ifndef SCV_MEMO_HTTP_JSON_OUT_H_
#define SCV_MEMO_HTTP_JSON_OUT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "memo/domain/memo_types.h"
#include "memo/http/problem.h"

namespace scv::memo {

// `text` as a JSON string, quotes included.
void AppendJsonString(std::string_view text, std::string& out);

// A Memo, or with `summary` a Summary (docs/api.md).
void AppendMemo(const Memo& memo, bool summary, std::string& out);

std::string RenderPage(const std::vector<Memo>& memos, const std::optional<std::string>& cursor);

std::string RenderProblem(const Problem& problem, std::string_view request_id);

// A Session; `token` empty: left out.
std::string RenderSession(const Account& account, std::string_view csrf_token, Millis expires_at,
                          std::string_view token);

}  // namespace scv::memo

#endif  // SCV_MEMO_HTTP_JSON_OUT_H_
