// The paths between VPCs of different regions: the links (network.h) and a relay on each, a process
// of its own that delays and loses frames. Thread-safe.
#ifndef SCV_WORLD_LINUX_WAN_AREA_H_
#define SCV_WORLD_LINUX_WAN_AREA_H_

#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "base/result.h"
#include "lab/parts.h"
#include "world/linux/network.h"
#include "world/linux/processes.h"
#include "world/linux/wan_settings.h"

namespace scv::world {

class WideAreas {
 public:
  // What is borrowed outlives this. `directory` (made if it is not there) keeps each relay's
  // settings and log.
  WideAreas(Processes& processes, Network& network, std::filesystem::path directory);

  // Makes or changes the path under a process name, which names its links as well; both routers
  // are there. Returns when it carries frames. A changed delay or loss takes effect at once,
  // without a lost frame.
  Result<void> Ensure(const std::string& process, const lab::WideAreaSpec& spec);
  Result<void> Remove(const std::string& process);

  // What holds for all paths from now on, those made later included, beside what their own
  // specification says: the longer delay, the greater loss. {} heals.
  Result<void> Impair(const WanSettings& impairment);

 private:
  Result<void> Start(const std::string& process);
  Result<void> Settle(const std::string& process, const lab::WideAreaSpec& spec);
  std::filesystem::path FileOf(const std::string& process, std::string_view ending) const;

  Processes& processes_;
  Network& network_;
  const std::filesystem::path directory_;
  std::mutex mutex_;
  WanSettings impairment_;
  std::map<std::string, lab::WideAreaSpec> areas_;  // by process
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_WAN_AREA_H_
