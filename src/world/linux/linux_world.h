// The real world: parts become namespaces, processes and files on this machine. Which classes make
// which kind of part is put together by the daemon (PartMaker); this class runs them side by side,
// watches what they made, and says what it sees.
#ifndef SCV_WORLD_LINUX_LINUX_WORLD_H_
#define SCV_WORLD_LINUX_LINUX_WORLD_H_

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "world/linux/part_executor.h"
#include "world/linux/processes.h"
#include "world/world.h"

namespace scv::world {

// How parts of one kind are made and taken down. Both calls are idempotent, may block (they have
// deadlines of their own) and are called from several threads, but for one part one at a time.
struct PartMaker {
  // Makes the part, or changes it to its specification. Returns what people should know ("").
  std::function<Result<std::string>(const lab::Part&)> make;
  // What it finds nothing of counts as taken down.
  std::function<Result<void>(const lab::PartKey&)> take_down;
  // The process that the part stands and falls with; "": it has none.
  std::function<std::string(const lab::PartKey&)> process_name;
  // Whether this specification stands without its process: a fenced database. nullptr: never.
  std::function<bool(const lab::Part&)> stands_dead = nullptr;
};

class LinuxWorld : public World {
 public:
  using Makers = std::map<lab::PartKind, PartMaker>;

  // `processes` outlives the world. `threads`: how many parts are worked on at the same time.
  LinuxWorld(Processes& processes, Makers makers, int threads);
  ~LinuxWorld() override;

  Millis Now() const override;
  void Act(lab::Action action) override;
  void OnSighting(Sink sink) override;
  Result<void> TakeUp() override;

  // What a maker sees of a part by itself: targets' health at a load balancer's node.
  void SeeTargets(const lab::PartKey& key, std::vector<lab::TargetSighting> targets);
  // A look at a database, while it is being made, too; a health check's probe.
  void SeeDatabase(const lab::PartKey& key, lab::DatabaseSighting look);
  void SeeCheck(const lab::PartKey& key, lab::CheckSighting check);

 private:
  struct Known {
    lab::Phase phase = lab::Phase::kAbsent;
    std::uint64_t revision = 0;
    std::string detail;
    std::vector<lab::TargetSighting> targets;
    std::optional<lab::DatabaseSighting> database;
    std::optional<lab::CheckSighting> check;
    std::int64_t cpu_micros_total = 0;
    bool taking_down = false;
    bool stands_dead =
        false;  // the specification being carried out, or the last one, wants no process
  };

  void Make(const lab::Part& part, std::uint64_t revision);
  void TakeDown(const lab::Part& part, std::uint64_t revision);
  void Note(const lab::PartKey& key, lab::Phase phase, std::uint64_t revision, std::string detail);
  void Ended(const ProcessStatus& status);
  void Watch(const std::stop_token& stop);
  void Measure();
  void Tell(const lab::PartKey& key, const Known& known);
  std::string ProcessOf(const lab::PartKey& key) const;

  Processes& processes_;
  const Makers makers_;
  Sink sink_;
  mutable std::mutex mutex_;
  std::map<lab::PartKey, Known> known_;
  std::map<std::string, lab::PartKey> parts_by_process_;
  std::unique_ptr<PartExecutor> executor_;
  std::jthread watcher_;
};

// Process names that tell their part: "kind/region/name" with the kind's letter, and back.
std::string ProcessNameOf(const lab::PartKey& key);
std::optional<lab::PartKey> PartOfProcessName(std::string_view name);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_LINUX_WORLD_H_
