#include "fault/workload.h"

#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

namespace scv::fault {

using std::chrono::milliseconds;

// What the clients know about the shared memos; any of it may be out of date. Thread-safe.
class Board {
 public:
  struct Entry {
    std::string memo;
    std::string origin;
    std::uint32_t version = 0;
    bool trashed = false;
  };

  explicit Board(std::size_t size) : size_(size) {}

  // Nobody repeats anything any more.
  void Close() { closed_ = true; }
  bool closed() const { return closed_; }

  void Learn(const Entry& entry, std::uint64_t chance) {
    std::lock_guard lock(mutex_);
    const auto known = Find(entry.memo);
    if (known != entries_.end()) {
      if (known->version <= entry.version) *known = entry;
    } else if (entries_.size() < size_) {
      entries_.push_back(entry);
    } else if (entry.version == 1) {
      entries_[chance % entries_.size()] = entry;
    }
  }
  void Forget(const std::string& memo) {
    std::lock_guard lock(mutex_);
    if (const auto known = Find(memo); known != entries_.end()) entries_.erase(known);
  }
  std::optional<Entry> Pick(std::uint64_t chance) const {
    std::lock_guard lock(mutex_);
    if (entries_.empty()) return std::nullopt;
    return entries_[chance % entries_.size()];
  }

 private:
  std::vector<Entry>::iterator Find(const std::string& memo) {
    return std::find_if(entries_.begin(), entries_.end(),
                        [&](const Entry& entry) { return entry.memo == memo; });
  }

  const std::size_t size_;
  std::atomic<bool> closed_{false};
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

namespace {

constexpr milliseconds kFirstPause{20};
constexpr milliseconds kLongestPause{1000};
constexpr std::size_t kRepeatable = 16;

// One thing a client wants done, and how to ask for it.
struct Operation {
  Action action = Action::kGet;
  std::string memo;
  std::string origin;
  std::optional<std::uint32_t> expected;
  Request request;
};

class Client {
 public:
  Client(int number, std::vector<const Endpoint*> endpoints, std::string token, History& history,
         const WorkloadOptions& options, std::shared_ptr<Board> board)
      : number_(number),
        endpoints_(std::move(endpoints)),
        token_(std::move(token)),
        history_(history),
        options_(options),
        board_(std::move(board)),
        random_(options.seed * 1000 + static_cast<std::uint64_t>(number)) {}

  void Run(const std::stop_token& stop, bool writes) {
    for (std::size_t i = 0; i < options_.operations_max && !stop.stop_requested(); ++i) {
      Operation operation = writes ? ChooseWrite() : ChooseRead();
      CarryOut(operation, /*whole=*/writes);
      if (!acknowledged_.empty() && Chance(0.05)) {
        CarryOut(acknowledged_[random_() % acknowledged_.size()], /*whole=*/true);
      }
      Pause(stop, milliseconds(random_() % (options_.think_max.count() + 1)));
    }
  }

 private:
  bool Chance(double share) { return std::uniform_real_distribution<>(0, 1)(random_) < share; }

  std::string NewKey() { return "c" + std::to_string(number_) + "-" + std::to_string(++keys_); }

  Operation Prepare(Action action, const Board::Entry& entry, const char* method,
                    const std::string& suffix) {
    Operation operation;
    operation.action = action;
    operation.memo = entry.memo;
    operation.origin = entry.origin;
    operation.request.method = method;
    operation.request.path =
        "/api/v1/memos" + (entry.memo.empty() ? "" : "/" + entry.memo) + suffix;
    operation.request.token = token_;
    if (IsWrite(action)) operation.request.key = NewKey();
    return operation;
  }

  void Expect(Operation& operation, std::uint32_t version) {
    operation.expected = version;
    operation.request.if_match = "\"" + std::to_string(version) + "\"";
  }

  Operation Create() {
    Operation operation = Prepare(Action::kCreate, {}, "POST", "");
    operation.origin = operation.request.key;
    operation.request.body = boost::json::serialize(
        boost::json::object{{"title", TitleOf(operation.request.key)},
                            {"content", ContentOf(operation.origin, random_() % 800)},
                            {"pinned", Chance(0.2)}});
    return operation;
  }

  Operation Edit(const Board::Entry& entry) {
    const bool replace = Chance(0.5);
    Operation operation = replace ? Prepare(Action::kReplace, entry, "PUT", "")
                                  : Prepare(Action::kPatch, entry, "PATCH", "");
    boost::json::object body{{"title", TitleOf(operation.request.key)}};
    if (replace) body["content"] = ContentOf(entry.origin, random_() % 800);
    if (Chance(0.2)) body["pinned"] = Chance(0.5);
    operation.request.body = boost::json::serialize(body);
    if (!replace && Chance(0.2)) {
      operation.request.if_match = "*";
    } else {
      Expect(operation, entry.version);
    }
    return operation;
  }

  Operation Move(const Board::Entry& entry) {
    Operation operation;
    if (!entry.trashed) {
      operation = Prepare(Action::kTrash, entry, "DELETE", "");
    } else if (Chance(0.3)) {
      operation = Prepare(Action::kPurge, entry, "POST", "/purge");
    } else {
      operation = Prepare(Action::kRestore, entry, "POST", "/restore");
    }
    Expect(operation, entry.version);
    return operation;
  }

  Operation ChooseWrite() {
    const auto entry = board_->Pick(random_());
    if (!entry || Chance(0.25)) return Create();
    const bool move = Chance(entry->trashed ? 0.9 : 0.12);
    return move ? Move(*entry) : Edit(*entry);
  }

  Operation ChooseRead() {
    const auto entry = board_->Pick(random_());
    if (entry && Chance(0.9)) return Prepare(Action::kGet, *entry, "GET", "");
    return Prepare(Action::kList, {}, "GET", "?limit=20");
  }

  // Tries until it is answered for good. A read is tried once.
  void CarryOut(Operation operation, bool whole) {
    const Instant end = history_.Now() + options_.operation_max;
    milliseconds pause = kFirstPause;
    while (true) {
      milliseconds retry_after{0};
      const bool answered = Try(operation, retry_after);
      if (answered || !whole || Chance(options_.gives_up) || history_.Now() > end) return;
      if (board_->closed()) return;
      const milliseconds jittered(pause.count() / 2 + random_() % (pause.count() / 2 + 1));
      Pause({}, std::max(retry_after, jittered));
      pause = std::min(pause * 2, kLongestPause);
    }
  }

  bool Try(const Operation& operation, milliseconds& retry_after) {
    Attempt attempt;
    attempt.client = number_;
    attempt.action = operation.action;
    attempt.key = operation.request.key;
    attempt.memo = operation.memo;
    attempt.expected = operation.expected;
    Request request = operation.request;
    const bool hasty = Chance(options_.hasty);
    request.timeout = hasty ? milliseconds(1 + random_() % 30) : options_.patience;
    const std::uint16_t port = endpoints_[random_() % endpoints_.size()]->port;
    attempt.invoked = history_.Now();
    const Reply reply = http_.Send(port, request);
    attempt.completed = history_.Now();
    Judge(reply, /*patient=*/!hasty, attempt);
    retry_after = reply.retry_after;
    const bool answered = attempt.outcome == Outcome::kOk ||
                          (reply.status >= 400 && reply.status < 500 && reply.status != 429);
    if (answered) Learn(operation, attempt);
    history_.Add(std::move(attempt));
    return answered;
  }

  void Learn(const Operation& operation, const Attempt& attempt) {
    const bool write = IsWrite(operation.action);
    if (attempt.status == 404 || (operation.action == Action::kPurge && attempt.status == 204)) {
      board_->Forget(operation.memo);
    } else if (operation.action != Action::kList && !attempt.replayed && !attempt.sights.empty()) {
      const Sight& sight = attempt.sights.front();
      board_->Learn({sight.memo, sight.origin, sight.version, sight.trashed}, random_());
    }
    if (!write || attempt.outcome != Outcome::kOk || attempt.replayed) return;
    if (acknowledged_.size() >= kRepeatable) acknowledged_.erase(acknowledged_.begin());
    acknowledged_.push_back(operation);
  }

  // Ends early when asked to stop.
  void Pause(const std::stop_token& stop, milliseconds time) {
    std::unique_lock lock(mutex_);
    never_.wait_for(lock, stop, time, [] { return false; });
  }

  const int number_;
  const std::vector<const Endpoint*> endpoints_;
  const std::string token_;
  History& history_;
  const WorkloadOptions options_;
  const std::shared_ptr<Board> board_;
  std::mt19937_64 random_;
  HttpClient http_;
  std::uint64_t keys_ = 0;
  std::vector<Operation> acknowledged_;
  std::mutex mutex_;
  std::condition_variable_any never_;
};

}  // namespace

Workload::Workload(std::vector<const Endpoint*> endpoints, std::string token, History& history,
                   const WorkloadOptions& options)
    : board_(std::make_shared<Board>(options.shared_memos)) {
  for (int number = 0; number < options.writers + options.readers; ++number) {
    auto client = std::make_shared<Client>(number, endpoints, token, history, options, board_);
    const bool writes = number < options.writers;
    clients_.emplace_back(
        [client, writes](const std::stop_token& stop) { client->Run(stop, writes); });
  }
}

Workload::~Workload() {
  board_->Close();
  Finish();
}

void Workload::Finish() {
  for (std::jthread& client : clients_) client.request_stop();
  clients_.clear();
}

}  // namespace scv::fault
