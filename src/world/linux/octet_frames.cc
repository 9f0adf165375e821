#include "world/linux/octet_frames.h"

#include <algorithm>
#include <charconv>

namespace scv::world {

void OctetFrames::Add(std::string_view read) {
  text_.erase(0, at_);
  at_ = 0;
  text_ += read;
}

std::optional<std::string_view> OctetFrames::Next() {
  if (broken_) return std::nullopt;
  const std::string_view left = std::string_view(text_).substr(at_);
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(left.data(), left.data() + left.size(), size);
  const auto digits = static_cast<std::size_t>(end - left.data());
  const bool is_number = error == std::errc() && size <= kFrameMax;
  if (digits == left.size() && (left.empty() || is_number)) return std::nullopt;
  if (!is_number || left[digits] != ' ') {
    broken_ = true;
    return std::nullopt;
  }
  if (left.size() - digits - 1 < size) return std::nullopt;
  at_ += digits + 1 + size;
  return left.substr(digits + 1, size);
}

}  // namespace scv::world
