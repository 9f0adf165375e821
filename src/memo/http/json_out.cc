#include "memo/http/json_out.h"

#include <algorithm>
#include <array>
#include <boost/json/serializer.hpp>

#include "base/time.h"
#include "base/uuid.h"

namespace scv::memo {
namespace {

void AppendTime(Millis t, std::string& out) {
  out += '"';
  AppendRfc3339(t, out);
  out += '"';
}

void AppendId(const Uuid& id, std::string& out) {
  out += '"';
  AppendUuid(id, out);
  out += '"';
}

// Whether the character stands for itself in a JSON string (RFC 8259 7).
bool IsPlain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

}  // namespace

void AppendJsonString(std::string_view text, std::string& out) {
  // Most texts have nothing to escape, and the serializer is made for those that have.
  if (std::all_of(text.begin(), text.end(), IsPlain)) {
    out += '"';
    out += text;
    out += '"';
    return;
  }
  thread_local boost::json::serializer serializer;
  serializer.reset(boost::json::string_view(text.data(), text.size()));
  std::array<char, 2048> piece{};
  while (!serializer.done()) {
    const auto written = serializer.read(piece.data(), piece.size());
    out.append(written.data(), written.size());
  }
}

void AppendMemo(const Memo& memo, bool summary, std::string& out) {
  out += R"({"id":)";
  AppendId(memo.id, out);
  out += R"(,"title":)";
  AppendJsonString(memo.title, out);
  out += summary ? R"(,"excerpt":)" : R"(,"content":)";
  AppendJsonString(memo.content, out);
  out += memo.pinned ? R"(,"pinned":true,"state":)" : R"(,"pinned":false,"state":)";
  out += memo.state == MemoState::kTrashed ? R"("trashed","version":)" : R"("active","version":)";
  out += std::to_string(memo.version);
  out += R"(,"created_at":)";
  AppendTime(memo.created_at, out);
  out += R"(,"updated_at":)";
  AppendTime(memo.updated_at, out);
  out += R"(,"deleted_at":)";
  if (memo.deleted_at == 0) {
    out += "null}";
  } else {
    AppendTime(memo.deleted_at, out);
    out += '}';
  }
}

std::string RenderPage(const std::vector<Memo>& memos, const std::optional<std::string>& cursor) {
  std::string out;
  out.reserve(64 + memos.size() * 512);
  out += R"({"items":[)";
  for (std::size_t i = 0; i < memos.size(); ++i) {
    if (i != 0) out += ',';
    AppendMemo(memos[i], /*summary=*/true, out);
  }
  out += R"(],"next_cursor":)";
  if (cursor) {
    AppendJsonString(*cursor, out);
  } else {
    out += "null";
  }
  out += '}';
  return out;
}

std::string RenderProblem(const Problem& problem, std::string_view request_id) {
  std::string out = R"({"type":"/problems/)";
  out += TypeOf(problem.kind);
  out += R"(","title":)";
  AppendJsonString(TitleOf(problem.kind), out);
  out += R"(,"status":)" + std::to_string(StatusOf(problem.kind));
  if (!problem.detail.empty()) {
    out += R"(,"detail":)";
    AppendJsonString(problem.detail, out);
  }
  out += R"(,"request_id":)";
  AppendJsonString(request_id, out);
  if (!problem.errors.empty()) {
    out += R"(,"errors":[)";
    for (std::size_t i = 0; i < problem.errors.size(); ++i) {
      if (i != 0) out += ',';
      out += R"({"field":)";
      AppendJsonString(problem.errors[i].field, out);
      out += R"(,"message":)";
      AppendJsonString(problem.errors[i].message, out);
      out += '}';
    }
    out += ']';
  }
  if (problem.current) {
    out += R"(,"current":)";
    AppendMemo(*problem.current, /*summary=*/false, out);
  }
  out += '}';
  return out;
}

std::string RenderSession(const Account& account, std::string_view csrf_token, Millis expires_at,
                          std::string_view token) {
  std::string out = R"({"account":{"id":")" + std::to_string(account.id) + R"(","username":)";
  AppendJsonString(account.username, out);
  out += R"(,"created_at":)";
  AppendTime(account.created_at, out);
  out += R"(},"csrf_token":)";
  AppendJsonString(csrf_token, out);
  out += R"(,"expires_at":)";
  AppendTime(expires_at, out);
  if (!token.empty()) {
    out += R"(,"token":)";
    AppendJsonString(token, out);
  }
  out += '}';
  return out;
}

}  // namespace scv::memo
