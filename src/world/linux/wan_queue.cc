#include "world/linux/wan_queue.h"

#include <algorithm>

namespace scv::world {
namespace {

constexpr std::size_t kCostOfFrame = 64;

}  // namespace

bool WanQueue::Push(Clock::time_point due, std::span<const std::byte> frame) {
  if (bytes_ + frame.size() + kCostOfFrame > bytes_max_) return false;
  if (!frames_.empty()) due = std::max(due, frames_.back().due);
  frames_.push_back({due, {frame.begin(), frame.end()}});
  bytes_ += frame.size() + kCostOfFrame;
  return true;
}

std::optional<WanQueue::Clock::time_point> WanQueue::NextDue() const {
  if (frames_.empty()) return std::nullopt;
  return frames_.front().due;
}

std::optional<std::span<const std::byte>> WanQueue::Due(Clock::time_point now) const {
  if (frames_.empty() || frames_.front().due > now) return std::nullopt;
  return std::span(frames_.front().bytes);
}

void WanQueue::Pop() {
  bytes_ -= frames_.front().bytes.size() + kCostOfFrame;
  frames_.pop_front();
}

}  // namespace scv::world
