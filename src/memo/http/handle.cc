// Routing a call to its handler, and what the handlers share.
#include <sodium.h>

#include <algorithm>
#include <charconv>

#include "base/time.h"
#include "memo/domain/memo_limits.h"
#include "memo/http/handlers.h"
#include "memo/http/json_out.h"
#include "memo/service/log.h"

namespace scv::memo {
namespace {

bool IsVisibleAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

Problem ProblemFromStatus(const WriteAnswer& answer) {
  Problem problem;
  switch (answer.status) {
    case WriteStatus::kUnauthenticated:
      problem.kind = ProblemKind::kUnauthenticated;
      problem.detail = "The session is no longer valid.";
      break;
    case WriteStatus::kVersionConflict:
      problem.kind = ProblemKind::kVersionConflict;
      problem.detail = "Compare with the current memo and repeat with its version.";
      problem.current = answer.memo;
      break;
    case WriteStatus::kMemoTrashed:
      problem.kind = ProblemKind::kMemoTrashed;
      problem.detail = "Restore it before editing.";
      break;
    case WriteStatus::kMemoNotTrashed:
      problem.kind = ProblemKind::kMemoNotTrashed;
      problem.detail = "Move it to the trash first.";
      break;
    case WriteStatus::kUsernameTaken:
      problem.kind = ProblemKind::kUsernameTaken;
      problem.detail = "Choose another user name.";
      break;
    case WriteStatus::kKeyReused:
      problem.kind = ProblemKind::kIdempotencyKeyReused;
      problem.detail = "Use a new key for a new request.";
      break;
    default:
      problem.kind = ProblemKind::kNotFound;
      problem.detail = "There is no such memo.";
  }
  return problem;
}

std::size_t WeightOf(const WriteOperation& operation) {
  return std::visit(
      [](const auto& op) -> std::size_t {
        if constexpr (requires { op.title.size(); }) {
          return 512 + op.title.size() + op.content.size();
        } else if constexpr (requires { op.title->size(); }) {
          return 512 + (op.title ? op.title->size() : 0) + (op.content ? op.content->size() : 0);
        } else {
          return 512;
        }
      },
      operation);
}

void LogFailure(const Call& call, const Error& error) {
  Log(LogLevel::kWarning, "store_failed", error.message,
      {{"kind", Name(error.kind)}, {"request_id", std::string_view(call.request_id)}});
}

Task<Outcome<Response>> RunHandler(Call& call) {
  switch (call.match.route) {
    case Route::kCreateMemo:
      co_return co_await CreateOne(call);
    case Route::kListMemos:
      co_return co_await ListPage(call);
    case Route::kGetMemo:
      co_return co_await GetOne(call);
    case Route::kReplaceMemo:
      co_return co_await ReplaceOne(call);
    case Route::kPatchMemo:
      co_return co_await PatchOne(call);
    case Route::kTrashMemo:
    case Route::kRestoreMemo:
    case Route::kPurgeMemo:
      co_return co_await MoveOne(call);
    case Route::kExport:
      co_return co_await ExportAll(call);
    case Route::kImport:
      co_return co_await ImportLines(call);
    case Route::kSignUp:
      co_return co_await SignUp(call);
    case Route::kSignIn:
      co_return co_await SignIn(call);
    case Route::kGetSession:
      co_return co_await GetSession(call);
    case Route::kSignOut:
      co_return co_await SignOut(call);
    case Route::kRevokeAll:
      co_return co_await RevokeAll(call);
    case Route::kSetPassword:
      co_return co_await ChangePassword(call);
    case Route::kInfo:
      co_return ServeInfo(call);
    case Route::kOpenApi:
      co_return ServeOpenApi(call);
    case Route::kLivez:
      co_return ServeLivez(call);
    case Route::kReadyz:
      co_return ServeReadyz(call);
    case Route::kMetrics:
      co_return ServeMetrics(call);
    case Route::kStatic:
      co_return ServeFile(call);
    case Route::kMethodNotAllowed: {
      Problem problem;
      problem.kind = ProblemKind::kMethodNotAllowed;
      problem.allow = call.match.allow;
      problem.detail = "Use one of: " + std::string(call.match.allow) + ".";
      co_return std::unexpected(std::move(problem));
    }
    default:
      co_return call.Refuse(ProblemKind::kNotFound, "There is no such path.");
  }
}

}  // namespace

std::unexpected<Problem> Call::Refuse(ProblemKind kind, std::string detail) const {
  Problem problem;
  problem.kind = kind;
  problem.detail = std::move(detail);
  return std::unexpected(std::move(problem));
}

Task<Response> Handle(Call& call) {
  auto outcome = co_await RunHandler(call);
  if (outcome) co_return std::move(*outcome);
  co_return ToResponse(outcome.error(), call.request_id);
}

Task<Outcome<ReadAnswer>> Read(Call& call, Lane<ReadJob>& lane, ReadQuery&& query) {
  auto job = std::make_shared<ReadJob>();
  job->deadline = call.deadline;
  job->weight = 512;
  job->query = std::move(query);
  Home& home = call.thread.home();
  const auto submit = [&lane, &job, &home] { lane.Submit(job, home); };
  co_await Await(*job, submit);
  if (job->error) {
    LogFailure(call, *job->error);
    co_return std::unexpected(ProblemFromError(*job->error));
  }
  if (job->answer.status == ReadStatus::kUnauthenticated) {
    co_return call.Refuse(ProblemKind::kUnauthenticated, "The session is no longer valid.");
  }
  if (job->answer.status == ReadStatus::kTimedOut) {
    Problem problem;
    problem.kind = ProblemKind::kOverloaded;
    problem.detail = "The search took too long. Narrow it.";
    problem.retry_after = 5;
    co_return std::unexpected(std::move(problem));
  }
  co_return std::move(job->answer);
}

Task<Outcome<WriteAnswer>> WriteWithKey(Call& call, const Caller& caller,
                                        WriteOperation&& operation, const Digest128& key,
                                        const Digest128& digest) {
  auto job = std::make_shared<WriteJob>();
  job->deadline = call.deadline;
  job->weight = WeightOf(operation);
  job->command.caller = caller;
  job->command.key = key;
  job->command.request = digest;
  job->command.now = call.now;
  job->command.operation = std::move(operation);
  job->command.locate = call.global;
  Home& home = call.thread.home();
  Lane<WriteJob>& lane = call.app.lanes->write;
  const auto submit = [&lane, &job, &home] { lane.Submit(job, home); };
  co_await Await(*job, submit);
  if (job->error) {
    LogFailure(call, *job->error);
    co_return std::unexpected(ProblemFromError(*job->error));
  }
  const WriteStatus status = job->answer.status;
  if (status == WriteStatus::kVersionConflict) call.app.metrics.conflicts().Increment();
  if (job->answer.replayed) call.app.metrics.replays().Increment();
  if (status != WriteStatus::kApplied && status != WriteStatus::kUnchanged) {
    co_return std::unexpected(ProblemFromStatus(job->answer));
  }
  if (call.global) {
    // A repeat, too: the first time may have ended without the other region's word.
    Evidence evidence = EvidenceOf(job->command, job->answer);
    auto problem = co_await Confirm(call, evidence);
    if (problem) co_return std::unexpected(std::move(*problem));
  }
  co_return std::move(job->answer);
}

Task<Outcome<WriteAnswer>> Write(Call& call, const Caller& caller, WriteOperation&& operation) {
  auto client_key = IdempotencyKeyOf(call);
  if (!client_key) co_return std::unexpected(std::move(client_key).error());
  if (auto problem = CheckDurability(call)) co_return std::unexpected(std::move(*problem));
  Digest128 key{};
  if (*client_key) {
    key = DigestOf({**client_key});
  } else {
    // Nobody repeats this request, but we do, when the database fails over under it.
    randombytes_buf(key.data(), key.size());
  }
  const Request& request = call.request;
  const auto method = boost::beast::http::to_string(request.method);
  const Digest128 digest = DigestOf({{method.data(), method.size()},
                                     request.path(),
                                     request.header(Header::kIfMatch),
                                     request.body});
  co_return co_await WriteWithKey(call, caller, std::move(operation), key, digest);
}

Outcome<FieldReader> ReadJsonBody(const Call& call) {
  if (auto problem = CheckMediaType(call, kJson)) return std::unexpected(std::move(*problem));
  auto fields = ParseFlatObject(call.request.body);
  if (!fields) return call.Refuse(ProblemKind::kBadRequest, std::move(fields).error().message);
  return FieldReader(std::move(*fields));
}

std::optional<Problem> CheckMediaType(const Call& call, std::string_view wanted) {
  std::string type(call.request.header(Header::kContentType));
  type.resize(std::min(type.size(), type.find(';')));
  while (type.ends_with(' ')) type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (type == wanted) return std::nullopt;
  Problem problem;
  problem.kind = ProblemKind::kUnsupportedMediaType;
  problem.detail = "Send Content-Type: " + std::string(wanted) + ".";
  return problem;
}

Outcome<std::optional<std::string>> IdempotencyKeyOf(const Call& call) {
  if (!call.request.has(Header::kIdempotencyKey)) return std::nullopt;
  const std::string_view key = call.request.header(Header::kIdempotencyKey);
  if (key.empty() || key.size() > kIdempotencyKeyMax || !IsVisibleAscii(key)) {
    return call.Refuse(ProblemKind::kBadRequest,
                       "Idempotency-Key must be 1 to 128 visible ASCII characters.");
  }
  return std::string(key);
}

Outcome<std::optional<std::uint32_t>> IfMatchOf(const Call& call) {
  if (!call.request.has(Header::kIfMatch)) return std::nullopt;
  std::string_view tag = call.request.header(Header::kIfMatch);
  if (tag == "*") return std::nullopt;
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  const bool weak = tag.size() != call.request.header(Header::kIfMatch).size();
  if (tag.size() < 2 || tag.front() != '"' || tag.back() != '"') {
    return call.Refuse(ProblemKind::kBadRequest,
                       "If-Match must be one entity tag as ETag gave it, or *.");
  }
  tag = tag.substr(1, tag.size() - 2);
  std::uint32_t version = 0;
  const auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), version);
  const bool canonical = !tag.starts_with('0');
  // RFC 9110 13.1.1: a weak tag never matches, nor does one we never gave. No memo has version 0.
  if (weak || !canonical || error != std::errc{} || end != tag.data() + tag.size()) return 0;
  return version;
}

Digest128 DigestOf(std::initializer_list<std::string_view> parts) {
  crypto_generichash_state state;
  Digest128 digest{};
  crypto_generichash_init(&state, nullptr, 0, digest.size());
  for (const std::string_view part : parts) {
    // The length first, so that no two lists of parts run together into the same bytes.
    const std::uint64_t size = part.size();
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(&size), sizeof(size));
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()), size);
  }
  crypto_generichash_final(&state, digest.data(), digest.size());
  return digest;
}

Response MemoResponse(const Memo& memo, unsigned status) {
  Response response;
  response.status = status;
  response.content_type = kJson;
  AppendMemo(memo, /*summary=*/false, response.body);
  response.Add("ETag", "\"" + std::to_string(memo.version) + "\"");
  response.Add("Cache-Control", "private, no-cache");
  return response;
}

}  // namespace scv::memo
