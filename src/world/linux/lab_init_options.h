// The command line of scv-lab-init.
#ifndef SCV_WORLD_LINUX_LAB_INIT_OPTIONS_H_
#define SCV_WORLD_LINUX_LAB_INIT_OPTIONS_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scv::world {

struct ListenerOption {
  std::string name;     // "door"
  std::string address;  // IPv4, dotted
  int port = 0;         // 0: the kernel chooses
};

struct LabInitOptions {
  bool probe = false;
  bool help = false;
  bool detach = false;
  std::filesystem::path state;    // absolute
  std::filesystem::path runtime;  // inside of `state`: becomes a tmpfs
  std::uint64_t runtime_bytes_max = std::uint64_t{1} << 30;
  std::chrono::milliseconds stop_within{10'000};  // for the daemon, before SIGKILL
  std::vector<ListenerOption> listeners;
  std::vector<std::string> daemon;  // the program, absolute, and its arguments
};

extern const std::string_view kLabInitUsage;

Result<LabInitOptions> ParseLabInitOptions(int count, char** arguments);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_LAB_INIT_OPTIONS_H_
