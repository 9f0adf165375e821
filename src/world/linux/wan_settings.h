// What a wide area's relay does with frames, in a file that the daemon and the relay both map: a
// change takes effect with the next frame, and a restarted daemon or relay finds it as it was.
// One aligned word of 64 bits, so that no reader ever sees half a change.
#ifndef SCV_WORLD_LINUX_WAN_SETTINGS_H_
#define SCV_WORLD_LINUX_WAN_SETTINGS_H_

#include <cstdint>
#include <filesystem>
#include <utility>

#include "base/result.h"
#include "base/time.h"

namespace scv::world {

struct WanSettings {
  Millis delay = 0;      // one way, 0 to kWanDelayMax
  int loss_percent = 0;  // 0 to 100
  bool partitioned = false;
  bool operator==(const WanSettings&) const = default;
};
inline constexpr Millis kWanDelayMax = 60'000;

class WanSettingsFile {
 public:
  // Makes the file (mode 0600) if there is none.
  static Result<WanSettingsFile> Open(const std::filesystem::path& path);
  WanSettingsFile(WanSettingsFile&& other) noexcept : word_(std::exchange(other.word_, nullptr)) {}
  WanSettingsFile& operator=(WanSettingsFile&&) = delete;
  ~WanSettingsFile();

  WanSettings Load() const;
  void Store(const WanSettings& settings);  // what is out of range is brought into it

 private:
  explicit WanSettingsFile(std::uint64_t* word) : word_(word) {}
  std::uint64_t* word_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_WAN_SETTINGS_H_
