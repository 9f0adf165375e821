#include "daemon/recorded_graph.h"

#include <atomic>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "daemon/graph_file.h"
#include "daemon/graph_memory.h"
#include "daemon/graph_run.h"

namespace scv::daemon {
namespace {

constexpr std::chrono::milliseconds kTick{100};
constexpr std::chrono::seconds kTurnWithin{10};

// One operation on a thread of its own; the lines wait here for their reader. Destroyed, it is
// interrupted and waited for.
class Operation {
 public:
  Operation(const provider::Provider& provider, const aws::Account& account, Graph graph,
            std::unique_ptr<GraphMemory> memory, GraphAction action,
            std::shared_ptr<GraphTurn> turn)
      : graph_(std::move(graph)), memory_(std::move(memory)), turn_(std::move(turn)) {
    thread_ = std::jthread([this, &provider, &account, action] {
      GraphRun run(
          provider, account, graph_, *memory_,
          [this](boost::json::object line) { Emit(std::move(line)); }, stopped_);
      action == GraphAction::kApply ? run.Apply() : run.Destroy();
      const std::lock_guard lock(mutex_);
      ended_ = true;
      told_.notify_all();
    });
  }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  ~Operation() {
    stopped_ = true;
    thread_.join();
    turn_->Release();
  }

  std::optional<std::string> Next() {
    std::unique_lock lock(mutex_);
    told_.wait_for(lock, kTick, [this] { return !lines_.empty() || ended_; });
    if (!lines_.empty()) return std::exchange(lines_, {});
    if (ended_) return std::nullopt;
    return "{\"event\":\"tick\"}\n";
  }

 private:
  void Emit(boost::json::object line) {
    const std::lock_guard lock(mutex_);
    lines_ += boost::json::serialize(line) + "\n";
    told_.notify_all();
  }

  Graph graph_;
  std::unique_ptr<GraphMemory> memory_;
  std::shared_ptr<GraphTurn> turn_;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  std::condition_variable told_;
  std::string lines_;
  bool ended_ = false;
  std::jthread thread_;
};

}  // namespace

bool GraphTurn::Take() {
  std::unique_lock lock(mutex_);
  if (!told_.wait_for(lock, kTurnWithin, [this] { return !taken_; })) return false;
  taken_ = true;
  return true;
}

void GraphTurn::Release() {
  const std::lock_guard lock(mutex_);
  taken_ = false;
  told_.notify_all();
}

ApiResponse RecordedGraph::Start(GraphAction action, const std::filesystem::path& file,
                                 const std::filesystem::path& artifacts) {
  auto graph = ReadGraph(file, artifacts);
  if (!graph) return Problem(graph.error());
  if (!turn_->Take()) {
    return Problem({ErrorKind::kConflict,
                    "a recorded graph is being applied or destroyed already; wait for it"});
  }
  auto memory = GraphMemory::Open(memory_ / file.filename());
  if (!memory) {
    turn_->Release();
    return Problem(memory.error());
  }
  const auto operation = std::make_shared<Operation>(provider_, account_, std::move(*graph),
                                                     std::move(*memory), action, turn_);
  ApiResponse response;
  response.content_type = "application/x-ndjson";
  response.stream = [operation] { return operation->Next(); };
  return response;
}

}  // namespace scv::daemon
