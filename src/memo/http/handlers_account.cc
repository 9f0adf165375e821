// Accounts and sessions.
#include <sodium.h>

#include <boost/beast/core/string.hpp>

#include "base/time.h"
#include "memo/domain/validation.h"
#include "memo/http/handlers.h"
#include "memo/http/json_out.h"
#include "memo/service/password.h"

namespace scv::memo {
namespace {

constexpr std::string_view kCookie = "__Host-scv_session";

struct Credentials {
  std::string username;
  std::string password;
};

// For signing in, a name or password that could not exist is just wrong: no hints.
Result<std::string> AnyText(std::string_view text) {
  if (text.size() > 1024) return Fail(ErrorKind::kInvalid, "is too long");
  return std::string(text);
}

std::string CookieLine(std::string_view token, Millis lifetime) {
  return std::string(kCookie) + "=" + std::string(token) +
         "; Path=/; Max-Age=" + std::to_string(lifetime / 1000) +
         "; HttpOnly; Secure; SameSite=Strict";
}

std::string_view CookieValue(std::string_view cookies) {
  while (!cookies.empty()) {
    std::string_view pair = cookies.substr(0, cookies.find(';'));
    cookies.remove_prefix(std::min(cookies.size(), pair.size() + 1));
    while (pair.starts_with(' ')) pair.remove_prefix(1);
    if (pair.starts_with(kCookie) && pair.size() > kCookie.size() && pair[kCookie.size()] == '=') {
      return pair.substr(kCookie.size() + 1);
    }
  }
  return {};
}

// The scheme's name is case-insensitive (RFC 9110 11.1).
std::string_view BearerToken(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (!boost::beast::iequals(authorization.substr(0, kScheme.size()), kScheme)) return {};
  authorization.remove_prefix(kScheme.size());
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  return authorization;
}

// A new session for the account, as cookie and in the body.
Outcome<Response> StartSession(const Call& call, const Account& account, unsigned status) {
  const auto keys = call.app.keys.Get();
  const Session session = NewSession(account, call.now);
  const std::string token = keys->Sign(session);
  if (token.empty()) {
    Problem problem;
    problem.kind = ProblemKind::kDatabaseUnavailable;
    problem.detail = "The signing keys have not been read yet.";
    problem.retry_after = 1;
    return std::unexpected(std::move(problem));
  }
  Response response;
  response.status = status;
  response.content_type = kJson;
  response.body = RenderSession(account, keys->CsrfToken(session), session.expires_at, token);
  response.Add("Set-Cookie", CookieLine(token, kSessionLifetime));
  response.Add("Cache-Control", "no-store");
  return response;
}

// Runs a password job; the result is in the job.
Task<std::optional<Problem>> RunPasswordJob(Call& call, const std::shared_ptr<PasswordJob>& job) {
  job->deadline = call.deadline;
  Home& home = call.thread.home();
  PasswordPool& pool = *call.app.passwords;
  const auto submit = [&pool, &job, &home] { pool.Submit(job, home); };
  co_await Await(*job, submit);
  sodium_memzero(job->password.data(), job->password.size());
  if (job->error) co_return ProblemFromError(*job->error);
  co_return std::nullopt;
}

Task<Outcome<bool>> Matches(Call& call, const std::string& password, const std::string& hash) {
  auto job = std::make_shared<PasswordJob>();
  job->password = password;
  job->verify_against = hash.empty() ? DecoyHash() : hash;
  auto problem = co_await RunPasswordJob(call, job);
  if (problem) co_return std::unexpected(std::move(*problem));
  co_return job->matches && !hash.empty();
}

Task<Outcome<std::string>> Hash(Call& call, const std::string& password) {
  auto job = std::make_shared<PasswordJob>();
  job->password = password;
  auto problem = co_await RunPasswordJob(call, job);
  if (problem) co_return std::unexpected(std::move(*problem));
  co_return std::move(job->hash);
}

Problem TooManyAttempts(Millis wait) {
  Problem problem;
  problem.kind = ProblemKind::kTooManyRequests;
  problem.detail = "Too many failed attempts. Wait before the next.";
  problem.retry_after = static_cast<int>((wait + 999) / 1000);
  return problem;
}

// What a repeat of an account write must have in common with the first. Never the body: the digest
// is kept for days, and a plain hash of a password could be guessed from it.
Digest128 AccountDigest(std::string_view action, std::string_view name) {
  return DigestOf({action, name});
}

Outcome<Digest128> AccountKey(Call& call) {
  auto client_key = IdempotencyKeyOf(call);
  if (!client_key) return std::unexpected(std::move(client_key).error());
  if (auto problem = CheckDurability(call)) return std::unexpected(std::move(*problem));
  Digest128 key{};
  if (*client_key) return DigestOf({**client_key});
  randombytes_buf(key.data(), key.size());
  return key;
}

AccountId NewAccountId() {
  AccountId id = 0;
  while (id == 0) {
    randombytes_buf(&id, sizeof(id));
    id &= INT64_MAX;
  }
  return id;
}

}  // namespace

std::optional<Problem> CheckSameSite(const Call& call) {
  const Request& request = call.request;
  const std::string_view site = request.header(Header::kSecFetchSite);
  bool refused = !site.empty() && site != "same-origin" && site != "none";
  if (site.empty() && request.has(Header::kOrigin)) {
    // An old browser: compare the origin's host with the one that was asked.
    std::string_view origin = request.header(Header::kOrigin);
    const std::size_t scheme = origin.find("://");
    origin.remove_prefix(scheme == std::string_view::npos ? 0 : scheme + 3);
    refused = origin != request.header(Header::kHost);
  }
  if (!refused) return std::nullopt;
  Problem problem;
  problem.kind = ProblemKind::kCrossSite;
  problem.detail = "Open the memo page itself and try there.";
  return problem;
}

Task<Outcome<SignedIn>> Authenticate(Call& call) {
  const Request& request = call.request;
  SignedIn result;
  std::string_view token;
  if (request.has(Header::kAuthorization)) {
    token = BearerToken(request.header(Header::kAuthorization));
  } else {
    token = CookieValue(request.header(Header::kCookie));
    result.by_cookie = true;
  }
  if (token.empty()) {
    co_return call.Refuse(ProblemKind::kUnauthenticated, "Send a session token or cookie.");
  }
  const Millis now = call.now;
  auto keys = call.app.keys.Get();
  auto session = keys->Verify(token, now);
  if (!session && session.error() == TokenProblem::kUnknownKey) {
    auto job = std::make_shared<KeyReloadJob>();
    job->deadline = call.deadline;
    Home& home = call.thread.home();
    Monitor& monitor = *call.app.monitor;
    const auto submit = [&monitor, &job, &home] { monitor.ReloadKeys(job, home); };
    co_await Await(*job, submit);
    // Whether the key is unknown or merely unread cannot be told now; the client may keep it.
    if (job->error) co_return std::unexpected(ProblemFromError(*job->error));
    keys = call.app.keys.Get();
    session = keys->Verify(token, now);
  }
  if (!session) {
    co_return call.Refuse(ProblemKind::kUnauthenticated, "The session is not valid. Sign in.");
  }
  result.session = *session;
  const bool safe = request.method == boost::beast::http::verb::get ||
                    request.method == boost::beast::http::verb::head;
  if (result.by_cookie && !safe &&
      !keys->CsrfMatches(*session, request.header(Header::kCsrfToken))) {
    co_return call.Refuse(ProblemKind::kCsrf, "Send X-CSRF-Token as GET /api/v1/session gives it.");
  }
  co_return result;
}

Task<Outcome<Response>> SignUp(Call& call) {
  if (auto problem = CheckSameSite(call)) co_return std::unexpected(std::move(*problem));
  auto fields = ReadJsonBody(call);
  if (!fields) co_return std::unexpected(std::move(fields).error());
  Account account;
  account.username = fields->RequiredText("username", CleanUsername);
  std::string password = fields->RequiredText("password", CleanPassword);
  if (auto problem = fields->Finish()) co_return std::unexpected(std::move(*problem));
  if (call.app.config.signup == "closed") {
    co_return call.Refuse(ProblemKind::kSignupClosed, "Ask the operator for an account.");
  }
  auto key = AccountKey(call);
  if (!key) co_return std::unexpected(std::move(key).error());
  auto hash = co_await Hash(call, password);
  if (!hash) co_return std::unexpected(std::move(hash).error());
  account.id = NewAccountId();
  account.password_hash = std::move(*hash);
  account.token_version = 1;
  account.created_at = call.now;
  const Digest128 digest = AccountDigest("sign-up", account.username);
  const Caller nobody;
  WriteOperation operation = CreateAccount{account};
  auto written = co_await WriteWithKey(call, nobody, std::move(operation), *key, digest);
  if (!written) co_return std::unexpected(std::move(written).error());
  if (written->replayed) {
    // A key is no password: the repeat proves that it knows the one of the first time.
    ReadQuery query = FindAccount{account.username};
    auto found = co_await Read(call, call.app.lanes->point, std::move(query));
    if (!found) co_return std::unexpected(std::move(found).error());
    auto matches = co_await Matches(call, password, found->account.password_hash);
    if (!matches) co_return std::unexpected(std::move(matches).error());
    if (!*matches) {
      co_return call.Refuse(ProblemKind::kIdempotencyKeyReused, "Use a new key for a new request.");
    }
    written->account = found->account;
  }
  auto response = StartSession(call, written->account, 201);
  if (response && written->replayed) response->Add("Idempotency-Replayed", "true");
  if (response) AddPreferenceApplied(call, *response);
  co_return response;
}

Task<Outcome<Response>> SignIn(Call& call) {
  if (auto problem = CheckSameSite(call)) co_return std::unexpected(std::move(*problem));
  auto fields = ReadJsonBody(call);
  if (!fields) co_return std::unexpected(std::move(fields).error());
  const std::string username = fields->RequiredText("username", AnyText);
  std::string password = fields->RequiredText("password", AnyText);
  if (auto problem = fields->Finish()) co_return std::unexpected(std::move(*problem));
  const Millis now = call.now;
  const Millis wait = call.app.sign_in_limiter.WaitFor(username, call.client, now);
  if (wait > 0) co_return std::unexpected(TooManyAttempts(wait));
  Account account;
  if (CleanUsername(username)) {
    ReadQuery query = FindAccount{username};
    auto found = co_await Read(call, call.app.lanes->point, std::move(query));
    if (!found) co_return std::unexpected(std::move(found).error());
    if (found->status == ReadStatus::kFound) account = std::move(found->account);
  }
  const std::string clean = CleanPassword(password).value_or(std::string());
  auto matches = co_await Matches(call, clean, account.password_hash);
  if (!matches) co_return std::unexpected(std::move(matches).error());
  if (!*matches || clean.empty()) {
    call.app.sign_in_limiter.Fail(username, call.client, now);
    call.app.metrics.sign_in_failures().Increment();
    co_return call.Refuse(ProblemKind::kBadCredentials, "Check the user name and the password.");
  }
  co_return StartSession(call, account, 200);
}

Task<Outcome<Response>> GetSession(Call& call) {
  auto signed_in = co_await Authenticate(call);
  if (!signed_in) co_return std::unexpected(std::move(signed_in).error());
  const Session& session = signed_in->session;
  ReadQuery query = FindCaller{session.caller};
  auto found = co_await Read(call, call.app.lanes->point, std::move(query));
  if (!found) co_return std::unexpected(std::move(found).error());
  const Millis now = call.now;
  const bool half_spent = now - session.issued_at > (session.expires_at - session.issued_at) / 2;
  const auto keys = call.app.keys.Get();
  Session current = session;
  Response response;
  if (signed_in->by_cookie && half_spent) {
    current = NewSession(found->account, now);
    current.nonce = session.nonce;  // pages that are open keep their CSRF token
    response.Add("Set-Cookie", CookieLine(keys->Sign(current), kSessionLifetime));
  }
  response.content_type = kJson;
  response.body = RenderSession(found->account, keys->CsrfToken(current), current.expires_at, {});
  response.Add("Cache-Control", "no-store");
  co_return response;
}

Task<Outcome<Response>> SignOut(Call& call) {
  auto signed_in = co_await Authenticate(call);
  if (!signed_in) co_return std::unexpected(std::move(signed_in).error());
  Response response;
  response.status = 204;
  response.Add("Set-Cookie", CookieLine("", 0));
  response.Add("Cache-Control", "no-store");
  co_return response;
}

Task<Outcome<Response>> RevokeAll(Call& call) {
  auto signed_in = co_await Authenticate(call);
  if (!signed_in) co_return std::unexpected(std::move(signed_in).error());
  WriteOperation operation = RevokeSessions{};
  auto written = co_await Write(call, signed_in->session.caller, std::move(operation));
  if (!written) co_return std::unexpected(std::move(written).error());
  Response response;
  response.status = 204;
  if (written->replayed) response.Add("Idempotency-Replayed", "true");
  response.Add("Set-Cookie", CookieLine("", 0));
  AddPreferenceApplied(call, response);
  response.Add("Cache-Control", "no-store");
  co_return response;
}

Task<Outcome<Response>> ChangePassword(Call& call) {
  auto signed_in = co_await Authenticate(call);
  if (!signed_in) co_return std::unexpected(std::move(signed_in).error());
  auto fields = ReadJsonBody(call);
  if (!fields) co_return std::unexpected(std::move(fields).error());
  std::string current = fields->RequiredText("current_password", AnyText);
  std::string next = fields->RequiredText("new_password", CleanPassword);
  if (auto problem = fields->Finish()) co_return std::unexpected(std::move(*problem));
  const Caller caller = signed_in->session.caller;
  ReadQuery query = FindCaller{caller};
  auto found = co_await Read(call, call.app.lanes->point, std::move(query));
  if (!found) co_return std::unexpected(std::move(found).error());
  const Millis now = call.now;
  const Millis wait = call.app.sign_in_limiter.WaitFor(found->account.username, call.client, now);
  if (wait > 0) co_return std::unexpected(TooManyAttempts(wait));
  const std::string clean = CleanPassword(current).value_or(std::string());
  auto matches = co_await Matches(call, clean, found->account.password_hash);
  if (!matches) co_return std::unexpected(std::move(matches).error());
  if (!*matches) {
    call.app.sign_in_limiter.Fail(found->account.username, call.client, now);
    co_return call.Refuse(ProblemKind::kWrongPassword, "The current password is wrong.");
  }
  auto hash = co_await Hash(call, next);
  if (!hash) co_return std::unexpected(std::move(hash).error());
  auto key = AccountKey(call);
  if (!key) co_return std::unexpected(std::move(key).error());
  WriteOperation operation = SetPassword{std::move(*hash)};
  const Digest128 digest = AccountDigest("set-password", "");
  auto written = co_await WriteWithKey(call, caller, std::move(operation), *key, digest);
  if (!written) co_return std::unexpected(std::move(written).error());
  auto response = StartSession(call, written->account, 200);
  if (response) AddPreferenceApplied(call, *response);
  co_return response;
}

}  // namespace scv::memo
