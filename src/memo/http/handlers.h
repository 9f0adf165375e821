// The API's handlers: thin functions from a request to a response over the lanes. One file per
// subject; each states in docs/api.md's words what it does.
#ifndef SCV_MEMO_HTTP_HANDLERS_H_
#define SCV_MEMO_HTTP_HANDLERS_H_

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "memo/http/app.h"
#include "memo/http/io_thread.h"
#include "memo/http/json_in.h"
#include "memo/http/problem.h"
#include "memo/http/request.h"
#include "memo/http/response.h"
#include "memo/http/routes.h"
#include "memo/service/session_token.h"

namespace scv::memo {

// What a streaming handler may do with its connection.
class Exchange {
 public:
  virtual ~Exchange() = default;
  // Receives more of the body into request.body; false: it is complete (or broken: see failed()).
  virtual Task<bool> ReadMore() = 0;
  virtual bool failed() const = 0;
  // Sends the head of a chunked response, then chunks. False: the client is gone.
  virtual Task<bool> BeginStream(const Response& head) = 0;
  virtual Task<bool> WriteChunk(std::string_view data) = 0;
  virtual Task<bool> EndStream() = 0;
};

struct Call {
  App& app;
  IoThread& thread;
  Request& request;
  Exchange& exchange;
  RouteMatch match;
  std::string request_id;
  std::string client;  // the client's address, for rate limits and logs
  SteadyTime deadline;
  Millis now;           // when the request was complete: one reading of the clock for all it does
  bool global = false;  // CheckDurability: the write is to be confirmed by the other region
  bool fell_back = false;  // it was not, and the policy is to answer all the same

  std::unexpected<Problem> Refuse(ProblemKind kind, std::string detail) const;
};

template <typename T>
using Outcome = std::expected<T, Problem>;

// Dispatches to the route's handler. Never throws for a client's doing.
Task<Response> Handle(Call& call);

// --- shared by the handlers' files ---
//
// Arguments of coroutines are references, and callers name what they pass: g++ 12 destroys
// temporaries of a co_await expression twice in some cases (GCC PR 99576 and its relatives).

struct SignedIn {
  Session session;
  bool by_cookie = false;
};
// Who asks; for a cookie on an unsafe method the CSRF token is checked too.
Task<Outcome<SignedIn>> Authenticate(Call& call);
// Refuses what a browser marks as coming from another site (Fetch Metadata, or Origin).
std::optional<Problem> CheckSameSite(const Call& call);

Task<Outcome<ReadAnswer>> Read(Call& call, Lane<ReadJob>& lane, ReadQuery&& query);
// Fills in the idempotency key and digest of the request and the time; confirms what is to be
// durable globally. Every status of the answer
// other than kApplied and kUnchanged has become a Problem.
Task<Outcome<WriteAnswer>> Write(Call& call, const Caller& caller, WriteOperation&& operation);
// The same with a given key (import: one per line).
Task<Outcome<WriteAnswer>> WriteWithKey(Call& call, const Caller& caller,
                                        WriteOperation&& operation, const Digest128& key,
                                        const Digest128& digest);

// The fields of the JSON body; checks Content-Type.
Outcome<FieldReader> ReadJsonBody(const Call& call);
std::optional<Problem> CheckMediaType(const Call& call, std::string_view wanted);
// The client's key if it is valid; nullopt: none given.
Outcome<std::optional<std::string>> IdempotencyKeyOf(const Call& call);
// nullopt: no If-Match, or "*" (tell them apart by has(kIfMatch)).
Outcome<std::optional<std::uint32_t>> IfMatchOf(const Call& call);
// What Prefer asks for, into the call, before anything is written.
std::optional<Problem> CheckDurability(Call& call);
// What the other region must have of a write that was answered.
Evidence EvidenceOf(const WriteCommand& command, const WriteAnswer& answer);
// Waits until the other region has the evidence, which is taken. A problem: it does not, and the
// policy is to refuse. Write and WriteWithKey have done this already.
Task<std::optional<Problem>> Confirm(Call& call, Evidence& evidence);
// Preference-Applied: what the write has reached.
void AddPreferenceApplied(const Call& call, Response& response);
Digest128 DigestOf(std::initializer_list<std::string_view> parts);

Response MemoResponse(const Memo& memo, unsigned status);

// Account handlers.
Task<Outcome<Response>> SignUp(Call& call);
Task<Outcome<Response>> SignIn(Call& call);
Task<Outcome<Response>> GetSession(Call& call);
Task<Outcome<Response>> SignOut(Call& call);
Task<Outcome<Response>> RevokeAll(Call& call);
Task<Outcome<Response>> ChangePassword(Call& call);

// Memo handlers.
Task<Outcome<Response>> CreateOne(Call& call);
Task<Outcome<Response>> ListPage(Call& call);
Task<Outcome<Response>> GetOne(Call& call);
Task<Outcome<Response>> ReplaceOne(Call& call);
Task<Outcome<Response>> PatchOne(Call& call);
// Trash, restore and purge: writes without a body.
Task<Outcome<Response>> MoveOne(Call& call);

// Export and import.
Task<Outcome<Response>> ExportAll(Call& call);
Task<Outcome<Response>> ImportLines(Call& call);

// Info, OpenAPI, health, files.
Outcome<Response> ServeInfo(const Call& call);
Outcome<Response> ServeOpenApi(const Call& call);
Outcome<Response> ServeLivez(const Call& call);
Outcome<Response> ServeReadyz(const Call& call);
Outcome<Response> ServeMetrics(const Call& call);
Outcome<Response> ServeFile(const Call& call);

}  // namespace scv::memo

#endif  // SCV_MEMO_HTTP_HANDLERS_H_
