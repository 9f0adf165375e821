// The upper layer of an overlay, prepared before it is mounted.
#ifndef SCV_WORLD_LINUX_OVERLAY_UPPER_H_
#define SCV_WORLD_LINUX_OVERLAY_UPPER_H_

#include <sys/types.h>

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace scv::world {

// Paths are absolute, as the instance will see them; directories on the way are made with the mode
// and the owner that they have below.
class UpperLayer {
 public:
  UpperLayer(std::filesystem::path base, bool user_attributes)
      : base_(std::move(base)), user_attributes_(user_attributes) {}

  Result<void> Write(const std::filesystem::path& path, std::string_view text, mode_t mode) const;
  // As if it had never been there. Nothing is done where there is nothing.
  Result<void> Hide(const std::filesystem::path& path) const;
  // The directory stays, what is in it does not.
  Result<void> Empty(const std::filesystem::path& path) const;

 private:
  Result<void> MakeDirectory(const std::filesystem::path& path) const;
  std::filesystem::path In(const std::filesystem::path& path) const {
    return base_ / path.relative_path();
  }

  std::filesystem::path base_;
  bool user_attributes_;  // the overlay is mounted with userxattr
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_OVERLAY_UPPER_H_
