// Export and import: JSON lines, one memo each, without ever holding more than a page of them.
#include <sodium.h>

#include <deque>

#include "base/time.h"
#include "memo/domain/memo_limits.h"
#include "memo/domain/validation.h"
#include "memo/http/handlers.h"
#include "memo/http/json_out.h"

namespace scv::memo {
namespace {

constexpr std::size_t kLinesAtOnce = 32;
constexpr std::size_t kErrorsShown = 20;
// Lines that one question to the other region is about.
constexpr std::size_t kConfirmedAtOnce = 256;

Result<std::string> StateText(std::string_view text) {
  if (text == "active" || text == "trashed") return std::string(text);
  return Fail(ErrorKind::kInvalid, "must be active or trashed");
}

Result<std::string> TimeText(std::string_view text) {
  const auto time = ParseRfc3339(text);
  if (!time || *time < 0) return Fail(ErrorKind::kInvalid, "must be an RFC 3339 time");
  return std::string(text);
}

// One line as a command. The original time of creation becomes part of the id, so that the list
// keeps its order; a time in the future is taken as now.
Result<CreateMemo> ParseLine(std::string_view line, Millis now, IdSource& ids_now,
                             IdSource& ids_then) {
  SCV_ASSIGN(std::vector<JsonField> parsed, ParseFlatObject(line));
  FieldReader fields(std::move(parsed));
  CreateMemo create;
  create.title = fields.RequiredText("title", CleanTitle);
  create.content = fields.OptionalText("content", CleanContent).value_or("");
  create.pinned = fields.OptionalBool("pinned").value_or(false);
  if (fields.OptionalText("state", StateText).value_or("active") == "trashed") {
    create.state = MemoState::kTrashed;
  }
  const auto created = fields.OptionalText("created_at", TimeText);
  for (const char* name : {"id", "version", "updated_at", "deleted_at"}) fields.Ignore(name);
  if (auto problem = fields.Finish()) {
    return Fail(ErrorKind::kInvalid,
                problem->errors.front().field + " " + problem->errors.front().message);
  }
  const Millis time = created ? ParseRfc3339(*created).value_or(now) : now;
  create.id = time < now ? ids_then.NextAt(time) : ids_now.NextAfterAll(now);
  return create;
}

// Takes complete lines out of the bytes that have arrived. A line over the limit is passed over to
// its end without being kept.
class LineReader {
 public:
  struct Line {
    std::string text;
    bool too_long = false;
  };

  // Moves what arrived into the reader.
  void Add(std::string& arrived) {
    text_.append(arrived);
    arrived.clear();
  }
  // The next complete line; `at_end`: what is left is the last one.
  std::optional<Line> Next(bool at_end) {
    const std::size_t end = text_.find('\n', begin_);
    if (end == std::string::npos && !(at_end && (begin_ < text_.size() || skipping_))) {
      return Compact();
    }
    const std::size_t stop = std::min(end, text_.size());
    Line line;
    line.too_long = skipping_ || stop - begin_ > kBodyBytesMax;
    if (!line.too_long) line.text = text_.substr(begin_, stop - begin_);
    begin_ = std::min(stop + 1, text_.size());
    skipping_ = false;
    return line;
  }

 private:
  std::optional<Line> Compact() {
    text_.erase(0, begin_);
    begin_ = 0;
    if (text_.size() > kBodyBytesMax) {
      skipping_ = true;
      text_.clear();
    }
    return std::nullopt;
  }

  std::string text_;
  std::size_t begin_ = 0;
  bool skipping_ = false;
};

class Import {
 public:
  Import(Call& call, Caller caller, std::optional<std::string> key)
      : call_(call), caller_(caller), key_(std::move(key)) {
    if (!key_) {
      std::array<char, 16> random{};
      randombytes_buf(random.data(), random.size());
      key_ = std::string(random.data(), random.size());
    }
  }

  // Starts the line's write; lines are written in groups, and a group is one transaction when it
  // reaches the database together.
  void Start(LineReader::Line read) {
    ++number_;
    if (read.too_long) return Failed(number_, "the line is over 64 KiB");
    std::string& line = read.text;
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) return;
    auto create = ParseLine(line, WallClockMillis(), call_.app.ids, ids_then_);
    if (!create) return Failed(number_, create.error().message);
    // A line's key is made of the request's key and its own number; the digest of what it says.
    const std::string number = std::to_string(number_);
    auto job = std::make_shared<WriteJob>();
    job->weight = 512 + line.size();
    job->command.caller = caller_;
    job->command.key = DigestOf({"import", *key_, number});
    job->command.request = DigestOf({"import", line});
    job->command.now = WallClockMillis();
    job->command.operation = std::move(*create);
    job->command.locate = call_.global;
    group_.push_back({number_, std::move(job)});
  }

  std::size_t pending() const { return group_.size(); }
  std::size_t lines() const { return number_; }

  // Writes the group; false: the session is void or the database is away, `problem` says why.
  Task<bool> Flush() {
    const SteadyTime deadline = std::chrono::steady_clock::now() + call_.app.config.request_timeout;
    Home& home = call_.thread.home();
    Lane<WriteJob>& lane = call_.app.lanes->write;
    // Submitted together, awaited together: the first wait submits all.
    auto group = std::exchange(group_, {});
    auto left = std::make_shared<std::size_t>(group.size());
    if (group.empty()) co_return true;
    auto all = std::make_shared<Job>();
    all->deadline = SteadyTime::max();
    auto submit = [&group, &home, &lane, left, all, deadline] {
      for (auto& [number, job] : group) {
        job->deadline = deadline;
        job->on_done = [left, all] {
          if (--*left == 0) {
            auto done = std::move(all->on_done);
            done();
          }
        };
        lane.Submit(job, home);
      }
    };
    co_await Await(*all, submit);
    for (auto& [number, job] : group) {
      if (!Judge(number, *job)) co_return false;
    }
    co_return true;
  }

  // For durability global, when all lines are written; false: `problem` says why.
  Task<bool> ConfirmAll() {
    for (std::size_t at = 0; at < written_.size() && !call_.fell_back; at += kConfirmedAtOnce) {
      call_.deadline = std::chrono::steady_clock::now() + call_.app.config.request_timeout;
      const auto begin = written_.begin() + static_cast<std::ptrdiff_t>(at);
      const std::size_t count = std::min(kConfirmedAtOnce, written_.size() - at);
      Evidence evidence;
      evidence.place = place_;
      evidence.records.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
      problem_ = co_await Confirm(call_, evidence);
      if (problem_) co_return false;
    }
    co_return true;
  }

  const std::optional<Problem>& problem() const { return problem_; }
  void Failed(std::size_t line, std::string message) {
    ++failed_;
    if (errors_.size() < kErrorsShown) errors_.push_back({line, std::move(message)});
  }

  std::string Render() const {
    std::string out = R"({"imported":)" + std::to_string(imported_) + R"(,"failed":)" +
                      std::to_string(failed_) + R"(,"errors":[)";
    for (std::size_t i = 0; i < errors_.size(); ++i) {
      if (i != 0) out += ',';
      out += R"({"line":)" + std::to_string(errors_[i].first) + R"(,"message":)";
      AppendJsonString(errors_[i].second, out);
      out += '}';
    }
    return out + "]}";
  }

 private:
  bool Judge(std::size_t number, const WriteJob& job) {
    if (job.error && job.error->kind == ErrorKind::kInvalid) {
      Failed(number, "the database refused the values");
      return true;
    }
    if (job.error) {
      problem_ = ProblemFromError(*job.error);
      return false;
    }
    switch (job.answer.status) {
      case WriteStatus::kApplied:
        ++imported_;
        if (call_.global) Remember(job);
        return true;
      case WriteStatus::kKeyReused:
        Failed(number, "the Idempotency-Key was used for another import");
        return true;
      default:
        problem_ = Problem{};
        problem_->kind = ProblemKind::kUnauthenticated;
        problem_->detail = "The session is no longer valid.";
        return false;
    }
  }

  // The place of the last line that was made now is the latest: groups follow one another.
  void Remember(const WriteJob& job) {
    written_.push_back({caller_.account, job.command.key});
    place_.server = job.answer.place.server;
    if (!job.answer.place.gtid.empty()) place_.gtid = job.answer.place.gtid;
  }

  Call& call_;
  const Caller caller_;
  std::optional<std::string> key_;
  std::size_t number_ = 0;
  IdSource ids_then_;  // of its own: original times run apart from those of new memos
  std::vector<std::pair<std::size_t, std::shared_ptr<WriteJob>>> group_;
  std::size_t imported_ = 0;
  std::size_t failed_ = 0;
  std::vector<std::pair<std::size_t, std::string>> errors_;
  std::optional<Problem> problem_;
  std::vector<Evidence::Record> written_;  // at most kImportLinesMax
  WritePlace place_;
};

}  // namespace

Task<Outcome<Response>> ExportAll(Call& call) {
  auto signed_in = co_await Authenticate(call);
  if (!signed_in) co_return std::unexpected(std::move(signed_in).error());
  ListMemos list;
  list.caller = signed_in->session.caller;
  list.limit = kExportPage;
  list.full_content = true;
  list.after = Uuid{};  // from the oldest
  bool begun = false;
  Response head;
  head.content_type = kJsonLines;
  head.streamed = true;
  head.Add("Cache-Control", "no-store");
  head.Add("Content-Disposition", "attachment; filename=\"memos.jsonl\"");
  while (true) {
    call.deadline = std::chrono::steady_clock::now() + call.app.config.request_timeout;
    ReadQuery query = list;
    auto answer = co_await Read(call, call.app.lanes->search, std::move(query));
    if (!answer && !begun) co_return std::unexpected(std::move(answer).error());
    head.close = !answer;  // cut short: the missing last chunk tells the client
    if (!answer) co_return head;
    if (!begun) {
      const bool sent = co_await call.exchange.BeginStream(head);
      if (!sent) co_return head;
      begun = true;
    }
    std::string chunk;
    for (const Memo& memo : answer->memos) {
      AppendMemo(memo, /*summary=*/false, chunk);
      chunk += '\n';
    }
    const bool sent = co_await call.exchange.WriteChunk(chunk);
    if (!sent) co_return head;
    if (!answer->more || answer->memos.empty()) break;
    list.after = answer->memos.back().id;
  }
  co_await call.exchange.EndStream();
  co_return head;
}

Task<Outcome<Response>> ImportLines(Call& call) {
  auto signed_in = co_await Authenticate(call);
  if (!signed_in) co_return std::unexpected(std::move(signed_in).error());
  if (auto problem = CheckMediaType(call, kJsonLines)) {
    co_return std::unexpected(std::move(*problem));
  }
  auto key = IdempotencyKeyOf(call);
  if (!key) co_return std::unexpected(std::move(key).error());
  if (auto problem = CheckDurability(call)) co_return std::unexpected(std::move(*problem));
  Import import(call, signed_in->session.caller, std::move(*key));
  LineReader lines;
  bool more = true;
  while (more) {
    more = co_await call.exchange.ReadMore();
    if (call.exchange.failed()) {
      co_return call.Refuse(ProblemKind::kBadRequest, "The body ended before it was complete.");
    }
    lines.Add(call.request.body);
    while (auto line = lines.Next(/*at_end=*/!more)) {
      if (import.lines() >= kImportLinesMax) {
        const bool flushed = co_await import.Flush();
        if (!flushed) co_return std::unexpected(*import.problem());
        co_return call.Refuse(ProblemKind::kTooLarge,
                              "At most 10,000 lines at once; the first 10,000 are imported.");
      }
      import.Start(std::move(*line));
      if (import.pending() < kLinesAtOnce) continue;
      const bool written = co_await import.Flush();
      if (!written) co_return std::unexpected(*import.problem());
    }
  }
  const bool written = co_await import.Flush();
  if (!written) co_return std::unexpected(*import.problem());
  const bool confirmed = co_await import.ConfirmAll();
  if (!confirmed) co_return std::unexpected(*import.problem());
  Response response;
  response.content_type = kJson;
  response.body = import.Render();
  AddPreferenceApplied(call, response);
  response.Add("Cache-Control", "no-store");
  co_return response;
}

}  // namespace scv::memo
