#include "memo/service/id_source.h"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace scv::memo {
namespace {

constexpr std::uint16_t kCounterMax = 0xfff;
constexpr std::uint16_t kFirstMask = 0x7ff;  // the upper half is left to count in

}  // namespace

// With mutex_ held.
Uuid IdSource::Make(Millis time) {
  std::array<std::uint8_t, 10> random{};
  randombytes_buf(random.data(), random.size());
  if (time == time_ && counter_ < kCounterMax) {
    ++counter_;
  } else {
    // A full counter borrows the next millisecond.
    time_ = time == time_ ? time + 1 : time;
    counter_ = static_cast<std::uint16_t>((random[0] << 8 | random[1]) & kFirstMask);
  }
  random[0] = static_cast<std::uint8_t>(counter_ >> 8);
  random[1] = static_cast<std::uint8_t>(counter_ & 0xff);
  return MakeUuidV7(time_, random);
}

Uuid IdSource::NextAfterAll(Millis time) {
  std::lock_guard lock(mutex_);
  return Make(std::max(time, time_));
}

Uuid IdSource::NextAt(Millis time) {
  std::lock_guard lock(mutex_);
  return Make(time);
}

}  // namespace scv::memo
