// One interface of the relay, frame by frame as they are on the wire: segmentation and checksums
// that the kernel has left for later stay so (packet(7), PACKET_VNET_HDR).
#ifndef SCV_WORLD_LINUX_WAN_LINK_H_
#define SCV_WORLD_LINUX_WAN_LINK_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "world/linux/fd_store.h"

namespace scv::world {

class WanLink {
 public:
  // In the network namespace of the calling thread. kDenied: no right to see packets.
  static Result<WanLink> Open(const std::string& interface);

  int fd() const { return fd_.get(); }

  enum class Outcome {
    kDone,
    kNothing,  // nothing has come; nothing can be sent now, the frame is lost
    kGone,     // the interface is not there any more
  };
  // A frame with its header for Send into `buffer`, of kFrameMax bytes; cut ones are dropped.
  Outcome Receive(std::span<std::byte> buffer, std::span<const std::byte>& frame);
  Outcome Send(std::span<const std::byte> frame);

  // The largest segment of IPv4 with its headers.
  static constexpr std::size_t kFrameMax = 68 * 1024;

 private:
  explicit WanLink(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_WAN_LINK_H_
