// Faults that a drill injects on purpose. They are facts of the world, not of the desired state:
// control does not know of them, it only sees what comes of them.
#ifndef SCV_LAB_FAULTS_H_
#define SCV_LAB_FAULTS_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"

namespace scv::lab {

struct Fault {
  enum class Kind {
    kKill,           // `part`'s process is killed, once
    kPause,          // `part`'s processes are stopped (SIGSTOP) until healed
    kZonePower,      // everything in `region` and `zone` dies at once; nothing starts until healed
    kZonePartition,  // `zone` cannot talk to anything outside itself
    kRegionPower,    // kZonePower for all zones, and the region answers nobody
    kRegionPartition,  // the region cannot talk to the internet or to other regions
    kIsolate,          // `part`'s network interface passes nothing
    kWideArea,         // delay and loss between the regions
    kDiskFull,         // `part`'s (a database node's) volume is full
  };
  std::string id;  // given by the daemon: "f-1"
  Kind kind = Kind::kKill;
  std::string region, zone;
  std::string part;  // a part's name: i-…, scv-memo, scv-memo/2
  Millis delay = 0;  // kWideArea
  int loss_percent = 0;
  Millis since = 0;
  bool operator==(const Fault&) const = default;
};

// What the faults mean for the networks; everything else passes.
struct NetworkFaults {
  std::set<std::pair<std::string, std::string>> zones;  // region, zone: cut off
  std::set<std::string> regions;                        // cut off from the internet and each other
  std::set<std::string> hosts;                          // process names: interfaces that are cut
  bool operator==(const NetworkFaults&) const = default;
};

}  // namespace scv::lab

#endif  // SCV_LAB_FAULTS_H_
