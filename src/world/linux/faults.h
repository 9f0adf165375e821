// Faults that a drill injects on purpose, and what makes them so: the networks' cuts, the wide
// areas' delays, signals to processes. They hold until they are healed, also when the daemon starts
// again. Thread-safe.
#ifndef SCV_WORLD_LINUX_FAULTS_H_
#define SCV_WORLD_LINUX_FAULTS_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "lab/faults.h"
#include "world/linux/faults_file.h"
#include "world/linux/network.h"
#include "world/linux/processes.h"
#include "world/linux/wan_area.h"

namespace scv::world {

class Faults {
 public:
  // What faults act on. The references outlive this; the functions are called from any thread,
  // never with a lock held that they could want.
  struct Targets {
    Network& network;
    WideAreas& wide_areas;
    Processes& processes;
    // Names of the processes that are in a zone, or in a region (zone "").
    std::function<std::vector<std::string>(const std::string& region, const std::string& zone)>
        processes_in;
    // The process, and network host, of a part's name (lab::Fault::part); "": there is none. Asked
    // once for a fault, when it is injected: it stays with that process's name, dead or alive.
    std::function<std::string(const std::string& part)> process_of;
    // Fills the volume of a database node's part, or gives the room back; idempotent.
    std::function<Result<void>(const std::string& part, bool full)> disk;
  };
  static constexpr std::size_t kFaultsMax = 64;
  static constexpr std::size_t kNameSizeMax = 200;

  // Takes up what `file` says and makes it so again; an unreadable file means that all is healed.
  // Before anything is made: what is made later is under the faults at once.
  static Result<std::unique_ptr<Faults>> Open(Targets targets, std::filesystem::path file);

  // The result has its id and time. Returns when it holds. kInvalid: a member is missing or none.
  // kNotFound: no such part, or it does not run (kKill, kPause). kConflict: it holds already.
  // kOverloaded: kFaultsMax hold. kKill happens once: it is not listed and needs no healing.
  Result<lab::Fault> Inject(lab::Fault fault);
  // kNotFound. A fault whose own healing fails stays in the list; should the networks fail, HealAll
  // tries them again.
  Result<void> Heal(std::string_view id);
  Result<void> HealAll();
  std::vector<lab::Fault> List() const;

  // Why nothing may be started there: "zone ap-northeast-2a has no power". Makers ask before they
  // start a process, and again when it runs: if power went meanwhile they kill it.
  // zone "": of something that is in no zone.
  std::optional<std::string> Refuses(std::string_view region, std::string_view zone) const;

 private:
  Faults(Targets targets, std::filesystem::path file)
      : targets_(std::move(targets)), file_(std::move(file)) {}

  Result<void> Check(const lab::Fault& fault) const;
  Result<void> Kill(const lab::Fault& fault);
  Result<void> Spread();
  Result<void> Strike(const lab::Fault& fault);
  Result<void> Relieve(const lab::Fault& fault);
  Result<void> CutPower(const lab::Fault& fault);
  std::string ProcessOf(const lab::Fault& fault) const;
  Result<int> PidOf(const lab::Fault& fault) const;
  void Forget(std::string_view id);
  FaultsRecord Record() const;
  void TakeUp(FaultsRecord record);

  const Targets targets_;
  const std::filesystem::path file_;
  std::mutex acting_;         // one injection or healing at a time; taken before mutex_
  mutable std::mutex mutex_;  // of record_
  FaultsRecord record_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_FAULTS_H_
