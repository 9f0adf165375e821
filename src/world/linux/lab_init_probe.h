// What this machine lets a lab do.
#ifndef SCV_WORLD_LINUX_LAB_INIT_PROBE_H_
#define SCV_WORLD_LINUX_LAB_INIT_PROBE_H_

#include <string>
#include <vector>

namespace scv::world {

struct Ability {
  std::string name;  // "namespaces", "overlay", "cgroup-memory", …
  bool required = false;
  bool available = false;
  std::string detail;  // why not
  std::string remedy;  // "": none is needed
};

// Tries everything for real, in child processes of its own; leaves nothing behind. The calling
// process must have one thread.
std::vector<Ability> ProbeMachine();

// {"usable": …, "abilities": [{…}]}, indented for people too.
std::string ProbeToJson(const std::vector<Ability>& abilities);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_LAB_INIT_PROBE_H_
