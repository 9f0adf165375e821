#include "drill/lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "drill/backoff.h"

namespace scv::drill {
namespace {

namespace json = boost::json;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::size_t kShelfMax = 6;
constexpr std::size_t kLineageMax = 24;  // then the memo is left alone
constexpr double kCreates = 0.25;        // of the writes
constexpr double kLists = 0.2;           // of the reads
// A read that fails this often is given up: the page shows what it has and asks again later.
constexpr int kReadTriesMax = 4;

}  // namespace

void Shelf::Learn(const Sight& sight) {
  const std::lock_guard lock(mutex_);
  std::erase_if(memos_, [&](const Sight& known) { return known.memo == sight.memo; });
  if (sight.lineage.size() >= kLineageMax) return;
  memos_.push_back(sight);
  if (memos_.size() > kShelfMax) memos_.erase(memos_.begin());
}

void Shelf::Forget(const std::string& memo) {
  const std::lock_guard lock(mutex_);
  std::erase_if(memos_, [&](const Sight& known) { return known.memo == memo; });
}

std::optional<Sight> Shelf::Pick(std::uint64_t chance) const {
  const std::lock_guard lock(mutex_);
  if (memos_.empty()) return std::nullopt;
  return memos_[chance % memos_.size()];
}

Lane::Lane(const WorkloadOptions& options, Person& person, Resolver& resolver, AttemptSink sink,
           bool writes)
    : options_(options),
      person_(person),
      sink_(std::move(sink)),
      writes_(writes),
      random_(options.seed * 1000 + static_cast<std::uint64_t>(person.number) * 2 + writes),
      client_(options.host, options.port, options.root, resolver, random_()) {}

void Lane::Run(const LaneStops& stops) {
  const double interval = 2.0 * options_.clients / options_.rate * 1e6;
  Pause(stops.begin, microseconds(static_cast<std::int64_t>(interval * Chance())));
  Micros due = NowMicros();
  while (!stops.begin.stop_requested()) {
    CarryOut(Choose(), stops);
    // The pace is kept on average; what an outage held up is not made up for.
    due = std::max(due + static_cast<Micros>(interval * (0.5 + Chance())), NowMicros());
    Pause(stops.begin, microseconds(due - NowMicros()));
  }
}

Lane::Operation Lane::Choose() {
  if (!writes_) return Read();
  const auto base = person_.shelf.Pick(random_());
  return base && Chance() >= kCreates ? Update(*base) : Create();
}

Lane::Operation Lane::Create() {
  Operation operation;
  operation.action = Action::kCreate;
  operation.key = fmt::format("{}-{}-{}", options_.run, person_.number, ++keys_);
  operation.request.method = "POST";
  operation.request.path = "/api/v1/memos";
  operation.request.key = operation.key;
  operation.request.body = json::serialize(
      json::object{{"title", operation.key}, {"content", ContentOf({operation.key})}});
  return operation;
}

Lane::Operation Lane::Update(const Sight& base) {
  Operation operation;
  operation.action = Action::kUpdate;
  operation.key = fmt::format("{}-{}-{}", options_.run, person_.number, ++keys_);
  operation.base = base;
  auto lineage = base.lineage;
  lineage.push_back(operation.key);
  operation.request.method = "PUT";
  operation.request.path = "/api/v1/memos/" + base.memo;
  operation.request.key = operation.key;
  operation.request.expected = base.version;
  operation.request.body =
      json::serialize(json::object{{"title", operation.key}, {"content", ContentOf(lineage)}});
  return operation;
}

Lane::Operation Lane::Read() {
  Operation operation;
  operation.key = fmt::format("{}-{}r{}", options_.run, person_.number, ++keys_);
  const auto base = person_.shelf.Pick(random_());
  if (!base || Chance() < kLists) {
    operation.action = Action::kList;
    operation.request.path = "/api/v1/memos?limit=10";
  } else {
    operation.action = Action::kGet;
    operation.base = *base;
    operation.request.path = "/api/v1/memos/" + base->memo;
  }
  return operation;
}

void Lane::CarryOut(const Operation& operation, const LaneStops& stops) {
  for (int number = 1;; ++number) {
    milliseconds retry_after{0};
    if (Try(operation, number, stops, retry_after)) return;
    if (stops.give_up.stop_requested()) return;
    Pause(stops.give_up, Backoff(number, retry_after, Chance()));
  }
}

bool Lane::Try(const Operation& operation, int number, const LaneStops& stops,
               milliseconds& retry_after) {
  Request request = operation.request;
  request.token = person_.token;
  request.fresh = person_.fresh;
  request.global = options_.global && writes_;
  Attempt attempt;
  attempt.client = person_.number;
  attempt.action = operation.action;
  attempt.key = operation.key;
  attempt.number = number;
  attempt.fresh = person_.fresh;
  attempt.memo = operation.base.memo;
  attempt.expected = request.expected;
  attempt.start = NowMicros();
  const Reply reply = client_.Send(request);
  attempt.end = NowMicros();
  Judge(reply, attempt);
  const bool given_up = !writes_ && number >= kReadTriesMax;
  const bool ended = !attempt.failed() || given_up || stops.give_up.stop_requested();
  attempt.last = ended;
  retry_after = reply.retry_after;
  Learn(operation, attempt);
  sink_(attempt);
  return ended;
}

void Lane::Learn(const Operation& operation, const Attempt& attempt) {
  if (!writes_) return;  // the outbox alone decides what it builds on
  if (attempt.status == 404) person_.shelf.Forget(operation.base.memo);
  if (attempt.failed() || attempt.sights.empty()) return;
  const Sight& sight = attempt.sights.front();
  // A memo whose text is not understood would be written without its lineage.
  if (!sight.lineage.empty()) person_.shelf.Learn(sight);
}

void Lane::Pause(const std::stop_token& stop, microseconds time) {
  std::unique_lock lock(mutex_);
  never_.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace scv::drill
