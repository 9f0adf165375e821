// What the memo service's answers mean (memo_client.h).
#include <fmt/format.h>

#include <boost/json.hpp>
#include <optional>

#include "drill/json_read.h"
#include "drill/memo_client.h"

namespace scv::drill {
namespace {

namespace json = boost::json;

constexpr std::size_t kErrorLengthMax = 120;
constexpr std::chrono::milliseconds kExportWithin{30'000};

json::value Parse(std::string_view text) {
  boost::system::error_code code;
  auto value = json::parse(text, code);
  return code ? json::value() : value;
}

std::optional<Sight> SightOf(const json::object& memo) {
  Sight sight{.memo = Text(memo, "id"),
              .version = static_cast<std::uint32_t>(Number(memo, "version")),
              .mark = Text(memo, "title"),
              .lineage = LineageOf(Text(memo, "content"))};
  if (sight.memo.empty() || sight.version == 0) return std::nullopt;
  return sight;
}

// The memos that an answer shows: itself, a page's items, or the current one of a conflict. False:
// it should show some and does not.
bool TakeSights(const Reply& reply, Attempt& attempt) {
  const auto body = Parse(reply.body);
  if (!body.is_object()) return false;
  const auto& object = body.get_object();
  if (attempt.action == Action::kList && reply.status == 200) {
    for (const auto* item : Objects(object, "items")) {
      if (auto sight = SightOf(*item)) attempt.sights.push_back(std::move(*sight));
    }
    return object.contains("items");
  }
  const auto* current = Object(object, "current");
  auto sight = SightOf(current != nullptr ? *current : object);
  if (!sight) return reply.status >= 300;
  attempt.sights.push_back(std::move(*sight));
  return true;
}

// The kind at the end of a problem's type; "": not the service's own words.
std::string ProblemOf(const Reply& reply) {
  const auto body = Parse(reply.body);
  if (!body.is_object()) return "";
  const std::string type = Text(body.get_object(), "type");
  constexpr std::string_view kStart = "/problems/";
  return type.starts_with(kStart) ? type.substr(kStart.size()) : "";
}

Outcome OutcomeOf(const Reply& reply, const std::string& problem, bool readable) {
  const unsigned status = reply.status;
  if (status == 0) return reply.sent ? Outcome::kUnknown : Outcome::kTurned;
  if (status >= 200 && status < 300) return readable ? Outcome::kOk : Outcome::kUnknown;
  if (status == 429 || (status == 503 && (problem == "overloaded" || problem == "draining"))) {
    return Outcome::kTurned;
  }
  const bool about_the_memo = status == 404 || status == 409 || status == 412;
  if (about_the_memo && !problem.empty()) return Outcome::kRefused;
  return Outcome::kUnknown;
}

}  // namespace

void Judge(const Reply& reply, Attempt& attempt) {
  attempt.status = reply.status;
  attempt.replayed = reply.replayed;
  attempt.global = reply.global;
  attempt.region = reply.region;
  attempt.instance = reply.instance;
  attempt.address = reply.address;
  const std::string problem = reply.status >= 400 ? ProblemOf(reply) : "";
  const bool shows = reply.status == 412 || (reply.status >= 200 && reply.status < 300);
  const bool readable = shows && TakeSights(reply, attempt);
  attempt.outcome = OutcomeOf(reply, problem, readable);
  if (!attempt.failed()) return;
  attempt.error = reply.status == 0 ? reply.error
                  : problem.empty() ? fmt::format("status {}", reply.status)
                                    : fmt::format("{} {}", reply.status, problem);
  attempt.error = attempt.error.substr(0, kErrorLengthMax);
}

Result<std::string> SignUp(MemoClient& client, const std::string& username,
                           const std::string& password) {
  Request request;
  request.method = "POST";
  request.path = "/api/v1/accounts";
  request.key = "sign-up-" + username;
  request.body = json::serialize(json::object{{"username", username}, {"password", password}});
  const Reply reply = client.Send(request);
  const auto body = Parse(reply.body);
  const std::string token = body.is_object() ? Text(body.get_object(), "token") : "";
  if (reply.status == 201 && !token.empty()) return token;
  const bool for_good = reply.status >= 400 && reply.status < 500 && reply.status != 429;
  return Fail(for_good ? ErrorKind::kDenied : ErrorKind::kUnavailable,
              reply.status == 0 ? "sign-up: " + reply.error
                                : fmt::format("sign-up was answered with status {} {}",
                                              reply.status, ProblemOf(reply)));
}

Result<std::vector<Sight>> Export(MemoClient& client, const std::string& token,
                                  std::string& region) {
  Request request;
  request.path = "/api/v1/export";
  request.token = token;
  request.timeout = kExportWithin;
  const Reply reply = client.Send(request);
  if (reply.status != 200) {
    return Fail(ErrorKind::kUnavailable,
                reply.status == 0 ? "the export: " + reply.error
                                  : fmt::format("the export was answered with status {} {}",
                                                reply.status, ProblemOf(reply)));
  }
  region = reply.region;
  std::vector<Sight> sights;
  std::string_view rest = reply.body;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty()) continue;
    const auto value = Parse(line);
    auto sight = value.is_object() ? SightOf(value.get_object()) : std::nullopt;
    if (!sight) return Fail(ErrorKind::kInternal, "a line of the export cannot be read");
    sights.push_back(std::move(*sight));
  }
  return sights;
}

}  // namespace scv::drill
