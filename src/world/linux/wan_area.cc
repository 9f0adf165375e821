#include "world/linux/wan_area.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <system_error>
#include <utility>

#include "world/linux/launcher.h"

namespace scv::world {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kReadyWithin{5'000};
constexpr int kReadyNumber = 3;  // the relay's

// Waits for the relay's byte.
Result<void> AwaitReady(const UniqueFd& ready, const std::string& process) {
  pollfd waiting{.fd = ready.get(), .events = POLLIN, .revents = 0};
  char byte = 0;
  if (::poll(&waiting, 1, static_cast<int>(kReadyWithin.count())) != 1) {
    return Fail(ErrorKind::kTimeout, process + ": the relay was not ready in time");
  }
  if (::read(ready.get(), &byte, 1) != 1) {
    return Fail(ErrorKind::kInternal, process + ": the relay ended at once; its log says why");
  }
  return {};
}

}  // namespace

WideAreas::WideAreas(Processes& processes, Network& network, std::filesystem::path directory)
    : processes_(processes), network_(network), directory_(std::move(directory)) {
  std::error_code failed;  // said by the first file that cannot be made
  std::filesystem::create_directories(directory_, failed);
}

std::filesystem::path WideAreas::FileOf(const std::string& process, std::string_view ending) const {
  std::string name = process;
  std::ranges::replace(name, '/', '_');
  return directory_ / name.append(ending);
}

Result<void> WideAreas::Ensure(const std::string& process, const lab::WideAreaSpec& spec) {
  if (spec.delay < 0 || spec.delay > kWanDelayMax || spec.loss_percent < 0 ||
      spec.loss_percent > 100) {
    return Fail(ErrorKind::kInvalid, process + ": no such delay or loss");
  }
  SCV_ASSIGN(const bool made, network_.EnsureWideArea(process, spec));
  {
    const std::lock_guard lock(mutex_);
    SCV_TRY(Settle(process, spec));
    areas_[process] = spec;
  }
  // A relay whose link has gone is at its end.
  if (made) SCV_TRY(processes_.Stop(process, milliseconds(0)));
  const auto status = processes_.Find(process);
  if (status.has_value() && status->running) return {};
  return Start(process);
}

Result<void> WideAreas::Start(const std::string& process) {
  SCV_ASSIGN(const UniqueFd place, network_.NamespaceOf(WideAreaPlaceOf(process)));
  SCV_ASSIGN(const auto program, HelperProgram("scv-wan-relay"));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Fail(ErrorKind::kInternal, process + ": no pipe can be made");
  }
  const UniqueFd ready(ends[0]);
  UniqueFd tells(ends[1]);
  ProcessSpec spec;
  spec.name = process;
  spec.arguments = {program.string(), FileOf(process, ".settings").string(),
                    std::string(kWideAreaLinkA), std::string(kWideAreaLinkB)};
  spec.working_directory = "/";
  spec.log = FileOf(process, ".log");
  spec.network_namespace = place.get();
  spec.descriptors = {{tells.get(), kReadyNumber}};
  const auto started = processes_.Start(spec);
  if (!started.has_value()) return std::unexpected(started.error());
  tells = UniqueFd();
  return AwaitReady(ready, process);
}

Result<void> WideAreas::Remove(const std::string& process) {
  {
    const std::lock_guard lock(mutex_);
    areas_.erase(process);
  }
  SCV_TRY(processes_.Stop(process, milliseconds(0)));
  SCV_TRY(network_.RemoveWideArea(process));
  std::error_code failed;
  std::filesystem::remove(FileOf(process, ".settings"), failed);
  std::filesystem::remove(FileOf(process, ".log"), failed);
  return {};
}

Result<void> WideAreas::Impair(const WanSettings& impairment) {
  const std::lock_guard lock(mutex_);
  impairment_ = impairment;
  Result<void> outcome;
  for (const auto& [process, spec] : areas_) {
    const auto settled = Settle(process, spec);
    if (!settled.has_value() && outcome.has_value()) outcome = settled;
  }
  return outcome;
}

// With the mutex held.
Result<void> WideAreas::Settle(const std::string& process, const lab::WideAreaSpec& spec) {
  SCV_ASSIGN(WanSettingsFile file, WanSettingsFile::Open(FileOf(process, ".settings")));
  file.Store({.delay = std::max(spec.delay, impairment_.delay),
              .loss_percent = std::max(spec.loss_percent, impairment_.loss_percent),
              .partitioned = impairment_.partitioned});
  return {};
}

}  // namespace scv::world
