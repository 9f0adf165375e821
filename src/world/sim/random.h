// The simulation's only source of chance: xoshiro256** 1.0 (Blackman and Vigna), its state
// filled from one seed by SplitMix64, as its authors advise. The same seed gives the same numbers
// on every machine; floating point is used only where it is exact (a 53-bit fraction).
#ifndef SCV_WORLD_SIM_RANDOM_H_
#define SCV_WORLD_SIM_RANDOM_H_

#include <array>
#include <bit>
#include <cstdint>

namespace scv::world::sim {

class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (auto& word : state_) {
      seed += 0x9e3779b97f4a7c15;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      word = z ^ (z >> 31);
    }
  }

  std::uint64_t Next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return last_ = result;
  }

  // From 0 (inclusive) to 1 (exclusive).
  double Fraction() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }
  bool Chance(double probability) { return Fraction() < probability; }
  // From `least` to `most`, both inclusive.
  std::int64_t Between(std::int64_t least, std::int64_t most) {
    if (most <= least) return least;
    const auto span = static_cast<std::uint64_t>(most - least) + 1;
    return least + static_cast<std::int64_t>(Next() % span);
  }
  // The number drawn last: two runs that end with the same one drew the same sequence.
  std::uint64_t last() const { return last_; }

 private:
  std::array<std::uint64_t, 4> state_{};
  std::uint64_t last_ = 0;
};

}  // namespace scv::world::sim

#endif  // SCV_WORLD_SIM_RANDOM_H_
