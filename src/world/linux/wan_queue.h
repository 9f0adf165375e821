// Frames under way, in the order in which they came: none overtakes another when the delay falls.
#ifndef SCV_WORLD_LINUX_WAN_QUEUE_H_
#define SCV_WORLD_LINUX_WAN_QUEUE_H_

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace scv::world {

class WanQueue {
 public:
  using Clock = std::chrono::steady_clock;

  // Holds at most `bytes_max`, counting what each frame costs besides its bytes.
  explicit WanQueue(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // false: it is full, the frame is lost.
  bool Push(Clock::time_point due, std::span<const std::byte> frame);
  bool empty() const { return frames_.empty(); }
  std::optional<Clock::time_point> NextDue() const;
  // The first frame, if it is due; valid until Pop.
  std::optional<std::span<const std::byte>> Due(Clock::time_point now) const;
  void Pop();

 private:
  struct Frame {
    Clock::time_point due;
    std::vector<std::byte> bytes;
  };
  std::deque<Frame> frames_;
  std::size_t bytes_max_, bytes_ = 0;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_WAN_QUEUE_H_
