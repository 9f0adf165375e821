// scv-wan-relay SETTINGS A B: carries frames between the interfaces A and B of its network
// namespace, late and with losses as the file SETTINGS says at every moment (wan_settings.h), until
// one of the interfaces goes. Writes a byte to descriptor 3 when it is ready.
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "world/linux/wan_link.h"
#include "world/linux/wan_queue.h"
#include "world/linux/wan_settings.h"

namespace scv::world {
namespace {

using Clock = WanQueue::Clock;

constexpr int kReady = 3;
constexpr std::size_t kUnderWayMax = 32 << 20;  // a second of 250 Mbit/s, each way
constexpr int kFramesAtOnce = 64;               // of one direction before the other has its turn

class Relay {
 public:
  Relay(WanSettingsFile settings, WanLink a, WanLink b)
      : settings_(std::move(settings)),
        links_{std::move(a), std::move(b)},
        queues_{WanQueue(kUnderWayMax), WanQueue(kUnderWayMax)} {}

  // Until an interface is gone.
  void Run() {
    while (Release(0) && Release(1)) {
      std::array<pollfd, 2> waiting{pollfd{links_[0].fd(), POLLIN, 0},
                                    pollfd{links_[1].fd(), POLLIN, 0}};
      timespec limit{};
      ::ppoll(waiting.data(), waiting.size(), Limit(limit), nullptr);
      for (std::size_t from : {0U, 1U}) {
        if (waiting[from].revents != 0 && !Take(from)) return;
      }
    }
  }

 private:
  // Until the next frame is due; nullptr: none is under way.
  const timespec* Limit(timespec& limit) const {
    auto due = queues_[0].NextDue();
    if (const auto other = queues_[1].NextDue(); other && (!due || *other < *due)) due = other;
    if (!due) return nullptr;
    const auto left = std::max(std::chrono::nanoseconds(0), *due - Clock::now());
    limit.tv_sec = left.count() / 1'000'000'000;
    limit.tv_nsec = left.count() % 1'000'000'000;
    return &limit;
  }

  bool IsLost(const WanSettings& settings) {
    return settings.partitioned ||
           (settings.loss_percent > 0 && percent_(random_) < settings.loss_percent);
  }

  bool Send(std::size_t to, std::span<const std::byte> frame) {
    return links_[to].Send(frame) != WanLink::Outcome::kGone;
  }

  // What is due of the frames that came in at `from`. false: an interface is gone, here and below.
  bool Release(std::size_t from) {
    WanQueue& queue = queues_[from];
    const auto now = Clock::now();
    while (const auto frame = queue.Due(now)) {
      // What is under way when the path breaks does not arrive.
      if (!settings_.Load().partitioned && !Send(1 - from, *frame)) return false;
      queue.Pop();
    }
    return true;
  }

  bool Take(std::size_t from) {
    for (int taken = 0; taken < kFramesAtOnce; ++taken) {
      std::span<const std::byte> frame;
      const auto outcome = links_[from].Receive(buffer_, frame);
      if (outcome == WanLink::Outcome::kGone) return false;
      if (outcome == WanLink::Outcome::kNothing) return true;
      const WanSettings settings = settings_.Load();
      if (IsLost(settings)) continue;
      if (settings.delay == 0 && queues_[from].empty()) {
        if (!Send(1 - from, frame)) return false;
        continue;
      }
      queues_[from].Push(Clock::now() + std::chrono::milliseconds(settings.delay), frame);
    }
    return true;
  }

  WanSettingsFile settings_;
  std::array<WanLink, 2> links_;
  std::array<WanQueue, 2> queues_;  // of what came in at the link with the same number
  std::vector<std::byte> buffer_ = std::vector<std::byte>(WanLink::kFrameMax);
  std::minstd_rand random_{std::random_device{}()};
  std::uniform_int_distribution<int> percent_{0, 99};
};

Result<void> RunRelay(const std::string& settings_path, const std::string& interface_a,
                      const std::string& interface_b) {
  SCV_ASSIGN(WanSettingsFile settings, WanSettingsFile::Open(settings_path));
  SCV_ASSIGN(WanLink a, WanLink::Open(interface_a));
  SCV_ASSIGN(WanLink b, WanLink::Open(interface_b));
  ::prctl(PR_SET_TIMERSLACK, 1);  // nanosecond: frames leave when they are due
  Relay relay(std::move(settings), std::move(a), std::move(b));
  if (::write(kReady, "r", 1) == 1) ::close(kReady);
  relay.Run();
  return {};
}

}  // namespace
}  // namespace scv::world

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: scv-wan-relay SETTINGS INTERFACE INTERFACE\n");
    return 2;
  }
  const auto ran = scv::world::RunRelay(argv[1], argv[2], argv[3]);
  if (!ran.has_value()) {
    std::fprintf(stderr, "scv-wan-relay: %s\n", ran.error().message.c_str());
    return 1;
  }
  std::fprintf(stderr, "scv-wan-relay: an interface is gone\n");
  return 3;
}
