// A stream of messages, each with its length before it: "5 hello" (RFC 6587 3.4.1, octet counting).
// Pure; not thread-safe.
#ifndef SCV_WORLD_LINUX_OCTET_FRAMES_H_
#define SCV_WORLD_LINUX_OCTET_FRAMES_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace scv::world {

class OctetFrames {
 public:
  static constexpr std::size_t kFrameMax = std::size_t{64} << 10;  // bytes

  void Add(std::string_view read);
  // The next whole message; valid until the next Add. nullopt: more must be read first, or
  // broken().
  std::optional<std::string_view> Next();
  // The other side does not speak so, or a message is larger than kFrameMax: nothing can follow.
  bool broken() const { return broken_; }

 private:
  std::string text_;
  std::size_t at_ = 0;
  bool broken_ = false;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_OCTET_FRAMES_H_
