// Starting a process through scv-launch.
#ifndef SCV_WORLD_LINUX_LAUNCHER_H_
#define SCV_WORLD_LINUX_LAUNCHER_H_

#include <filesystem>
#include <span>
#include <string_view>

#include "base/result.h"
#include "world/linux/launcher_spec.h"

namespace scv::world {

// A program of the lab's own (scv-launch, scv-instance-init): beside this program's file, or in
// ../world/linux from there (the build tree), or in ../libexec/scv.
Result<std::filesystem::path> HelperProgram(std::string_view name);

// Runs scv-launch to its answer. `descriptors` are borrowed: the network namespace first if there
// is one, then one for each of spec.numbers. `lock` is an open file description that stays open as
// long as the launch lasts, even if this process dies. Thread-safe.
Result<ProcessRecord> LaunchProcess(const LaunchSpec& spec, std::span<const int> descriptors,
                                    int lock);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_LAUNCHER_H_
