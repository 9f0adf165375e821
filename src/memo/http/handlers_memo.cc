// Memos.
#include <algorithm>
#include <boost/url/parse_query.hpp>
#include <charconv>

#include "base/text.h"
#include "base/time.h"
#include "memo/domain/memo_limits.h"
#include "memo/domain/validation.h"
#include "memo/http/cursor.h"
#include "memo/http/handlers.h"
#include "memo/http/json_out.h"

namespace scv::memo {
namespace {

constexpr std::size_t kTagsMax = 16;

std::unexpected<Problem> NoSuchMemo(const Call& call) {
  return call.Refuse(ProblemKind::kNotFound, "There is no such memo.");
}

// The versions of If-None-Match (weak comparison, RFC 9110 13.1.2); `any` for "*".
struct KnownVersions {
  std::vector<std::uint32_t> versions;
  bool any = false;
};

KnownVersions ParseIfNoneMatch(std::string_view value) {
  KnownVersions known;
  known.any = value == "*";
  while (known.versions.size() < kTagsMax) {
    const std::size_t open = value.find('"');
    if (open == std::string_view::npos) break;
    const std::size_t close = value.find('"', open + 1);
    if (close == std::string_view::npos) break;
    std::uint32_t version = 0;
    const char* begin = value.data() + open + 1;
    const char* end = value.data() + close;
    if (const auto [at, error] = std::from_chars(begin, end, version);
        error == std::errc{} && at == end && *begin != '0') {
      known.versions.push_back(version);
    }
    value.remove_prefix(close + 1);
  }
  return known;
}

Response NotModified(std::uint32_t version) {
  Response response;
  response.status = 304;
  response.Add("ETag", "\"" + std::to_string(version) + "\"");
  response.Add("Cache-Control", "private, no-cache");
  return response;
}

// One query parameter into the list query; false: unknown name or bad value.
bool TakeParameter(std::string_view name, const std::string& value, ListMemos& list) {
  if (name == "limit") {
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), list.limit);
    return error == std::errc{} && end == value.data() + value.size() && list.limit >= 1 &&
           list.limit <= kPageMax;
  }
  if (name == "cursor") {
    list.before = DecodeCursor(value);
    return list.before.has_value();
  }
  if (name == "q") {
    auto query = CleanQuery(value);
    if (!query) return false;
    list.query = std::move(*query);
    return true;
  }
  if (name == "state") {
    list.state = value == "trashed" ? MemoState::kTrashed : MemoState::kActive;
    return value == "trashed" || value == "active";
  }
  if (name == "pinned") {
    list.pinned = value == "true";
    return value == "true" || value == "false";
  }
  return false;
}

std::string RuleFor(std::string_view name) {
  if (name == "limit") return "must be 1 to 100";
  if (name == "cursor") return "must be a next_cursor as a list gave it";
  if (name == "q") return "must have 1 to 100 characters";
  if (name == "state") return "must be active or trashed";
  if (name == "pinned") return "must be true or false";
  return "is not a known parameter";
}

Outcome<ListMemos> ParseListQuery(const Call& call) {
  ListMemos list;
  list.limit = kPageDefault;
  list.state = MemoState::kActive;
  const std::string_view text = call.request.query();
  if (text.empty()) return list;
  const boost::core::string_view query(text.data(), text.size());
  if (!boost::urls::parse_query(query))
    return call.Refuse(ProblemKind::kBadRequest, "The query is not well formed.");
  boost::urls::encoding_opts plus;
  plus.space_as_plus = true;
  Problem problem;
  problem.kind = ProblemKind::kValidation;
  problem.detail = "A query parameter is not valid.";
  std::vector<std::string> seen;
  for (const auto& param : boost::urls::params_view(query, plus)) {
    const bool twice = std::find(seen.begin(), seen.end(), param.key) != seen.end();
    seen.push_back(param.key);
    if (!twice && TakeParameter(param.key, param.value, list)) continue;
    const bool printable = param.key.size() <= 32 && IsUtf8(param.key);
    const std::string name = printable ? param.key : "(unknown)";
    problem.errors.push_back({name, twice ? "stands twice" : RuleFor(param.key)});
    if (problem.errors.size() >= kTagsMax) break;
  }
  if (!problem.errors.empty()) return std::unexpected(std::move(problem));
  return list;
}

Response WriteResponse(const Call& call, const WriteAnswer& answer, unsigned status) {
  Response response = MemoResponse(answer.memo, status);
  if (answer.replayed) response.Add("Idempotency-Replayed", "true");
  AddPreferenceApplied(call, response);
  return response;
}

// What PUT and PATCH have in common before their bodies: the memo's id and a version.
struct EditTarget {
  Caller caller;
  Uuid id;
  std::optional<std::uint32_t> expected;
};

Task<Outcome<EditTarget>> BeginEdit(Call& call, bool version_required) {
  auto signed_in = co_await Authenticate(call);
  if (!signed_in) co_return std::unexpected(std::move(signed_in).error());
  const auto id = ParseUuidV7(call.match.id);
  if (!id) co_return NoSuchMemo(call);
  if (version_required && !call.request.has(Header::kIfMatch)) {
    co_return call.Refuse(ProblemKind::kPreconditionRequired,
                          "Send If-Match with the memo's ETag, so that nobody's edit is lost.");
  }
  auto expected = IfMatchOf(call);
  if (!expected) co_return std::unexpected(std::move(expected).error());
  co_return EditTarget{signed_in->session.caller, *id, *expected};
}

}  // namespace

Task<Outcome<Response>> CreateOne(Call& call) {
  auto signed_in = co_await Authenticate(call);
  if (!signed_in) co_return std::unexpected(std::move(signed_in).error());
  auto fields = ReadJsonBody(call);
  if (!fields) co_return std::unexpected(std::move(fields).error());
  CreateMemo create;
  create.title = fields->RequiredText("title", CleanTitle);
  create.content = fields->OptionalText("content", CleanContent).value_or("");
  create.pinned = fields->OptionalBool("pinned").value_or(false);
  if (auto problem = fields->Finish()) co_return std::unexpected(std::move(*problem));
  create.id = call.app.ids.NextAfterAll(call.now);
  WriteOperation operation = std::move(create);
  auto written = co_await Write(call, signed_in->session.caller, std::move(operation));
  if (!written) co_return std::unexpected(std::move(written).error());
  Response response = WriteResponse(call, *written, 201);
  response.Add("Location", "/api/v1/memos/" + ToString(written->memo.id));
  co_return response;
}

Task<Outcome<Response>> ListPage(Call& call) {
  auto signed_in = co_await Authenticate(call);
  if (!signed_in) co_return std::unexpected(std::move(signed_in).error());
  auto list = ParseListQuery(call);
  if (!list) co_return std::unexpected(std::move(list).error());
  list->caller = signed_in->session.caller;
  Lane<ReadJob>& lane = list->query.empty() ? call.app.lanes->list : call.app.lanes->search;
  ReadQuery query = std::move(*list);
  auto answer = co_await Read(call, lane, std::move(query));
  if (!answer) co_return std::unexpected(std::move(answer).error());
  std::optional<std::string> cursor;
  if (answer->more && !answer->memos.empty()) cursor = EncodeCursor(answer->memos.back().id);
  Response response;
  response.content_type = kJson;
  response.body = RenderPage(answer->memos, cursor);
  response.Add("Cache-Control", "private, no-cache");
  co_return response;
}

Task<Outcome<Response>> GetOne(Call& call) {
  auto signed_in = co_await Authenticate(call);
  if (!signed_in) co_return std::unexpected(std::move(signed_in).error());
  const auto id = ParseUuidV7(call.match.id);
  if (!id) co_return NoSuchMemo(call);
  const KnownVersions known = ParseIfNoneMatch(call.request.header(Header::kIfNoneMatch));
  GetMemo get{signed_in->session.caller, *id, std::nullopt};
  if (known.versions.size() == 1) get.known_version = known.versions.front();
  ReadQuery query = get;
  auto answer = co_await Read(call, call.app.lanes->point, std::move(query));
  if (!answer) co_return std::unexpected(std::move(answer).error());
  if (answer->status == ReadStatus::kNotFound || answer->memos.empty()) co_return NoSuchMemo(call);
  const Memo& memo = answer->memos.front();
  const bool same =
      answer->status == ReadStatus::kNotModified || known.any ||
      std::find(known.versions.begin(), known.versions.end(), memo.version) != known.versions.end();
  if (same) co_return NotModified(memo.version);
  co_return MemoResponse(memo, 200);
}

Task<Outcome<Response>> ReplaceOne(Call& call) {
  auto target = co_await BeginEdit(call, /*version_required=*/true);
  if (!target) co_return std::unexpected(std::move(target).error());
  auto fields = ReadJsonBody(call);
  if (!fields) co_return std::unexpected(std::move(fields).error());
  ReplaceMemo replace;
  replace.id = target->id;
  replace.expected = target->expected;
  replace.title = fields->RequiredText("title", CleanTitle);
  replace.content = fields->RequiredText("content", CleanContent);
  replace.pinned = fields->OptionalBool("pinned");
  if (auto problem = fields->Finish()) co_return std::unexpected(std::move(*problem));
  WriteOperation operation = std::move(replace);
  auto written = co_await Write(call, target->caller, std::move(operation));
  if (!written) co_return std::unexpected(std::move(written).error());
  co_return WriteResponse(call, *written, 200);
}

Task<Outcome<Response>> PatchOne(Call& call) {
  auto target = co_await BeginEdit(call, /*version_required=*/true);
  if (!target) co_return std::unexpected(std::move(target).error());
  auto fields = ReadJsonBody(call);
  if (!fields) co_return std::unexpected(std::move(fields).error());
  PatchMemo patch;
  patch.id = target->id;
  patch.expected = target->expected;
  patch.title = fields->OptionalText("title", CleanTitle);
  patch.content = fields->OptionalText("content", CleanContent);
  patch.pinned = fields->OptionalBool("pinned");
  if (auto problem = fields->Finish()) co_return std::unexpected(std::move(*problem));
  if (!patch.title && !patch.content && !patch.pinned) {
    Problem problem;
    problem.kind = ProblemKind::kValidation;
    problem.detail = "Send at least one of title, content, pinned.";
    problem.errors.push_back({"", "at least one of title, content, pinned is required"});
    co_return std::unexpected(std::move(problem));
  }
  WriteOperation operation = std::move(patch);
  auto written = co_await Write(call, target->caller, std::move(operation));
  if (!written) co_return std::unexpected(std::move(written).error());
  co_return WriteResponse(call, *written, 200);
}

Task<Outcome<Response>> MoveOne(Call& call) {
  auto target = co_await BeginEdit(call, /*version_required=*/false);
  if (!target) co_return std::unexpected(std::move(target).error());
  if (!call.request.body.empty()) {
    co_return call.Refuse(ProblemKind::kBadRequest, "This request takes no body.");
  }
  WriteOperation operation = TrashMemo{target->id, target->expected};
  if (call.match.route == Route::kRestoreMemo) {
    operation = RestoreMemo{target->id, target->expected};
  } else if (call.match.route == Route::kPurgeMemo) {
    operation = PurgeMemo{target->id, target->expected};
  }
  auto written = co_await Write(call, target->caller, std::move(operation));
  if (!written) co_return std::unexpected(std::move(written).error());
  if (call.match.route != Route::kPurgeMemo) co_return WriteResponse(call, *written, 200);
  Response response;
  response.status = 204;
  if (written->replayed) response.Add("Idempotency-Replayed", "true");
  AddPreferenceApplied(call, response);
  response.Add("Cache-Control", "no-store");
  co_return response;
}

}  // namespace scv::memo
