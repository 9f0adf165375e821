#include "memo/http/io_thread.h"

#include <sodium.h>

#include <array>

#include "base/time.h"

namespace scv::memo {

IoThread::IoThread() { randombytes_buf(&random_state_, sizeof(random_state_)); }

std::string IoThread::NewRequestId() {
  // SplitMix64 (Steele, Lea, Flood 2014), seeded by the system.
  random_state_ += 0x9e3779b97f4a7c15;
  std::uint64_t z = random_state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  z ^= z >> 31;
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string id(16, '0');
  for (char& c : id) {
    c = kHex[z & 15];
    z >>= 4;
  }
  return id;
}

std::string_view IoThread::HttpDate() {
  const Millis now = WallClockMillis();
  if (now / 1000 != date_second_) {
    date_second_ = now / 1000;
    date_ = FormatHttpDate(now);
  }
  return date_;
}

void IoThread::StartSweeping() {
  sweep_timer_.expires_after(kSweep);
  sweep_timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    Sweep();
    StartSweeping();
  });
}

void IoThread::Sweep() {
  const SteadyTime now = std::chrono::steady_clock::now();
  home_.GiveUpExpired(now);
  for (auto it = watched_.begin(); it != watched_.end();) {
    Watched* watched = *it++;  // OnSweep may end in Unwatch
    watched->OnSweep(now, draining_);
  }
}

}  // namespace scv::memo
