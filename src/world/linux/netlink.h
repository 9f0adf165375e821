// Netlink (RFC 3549) as far as the lab needs it: requests built attribute by attribute, carried in
// batches with one system call, each acknowledged; dumps. Not thread-safe.
#ifndef SCV_WORLD_LINUX_NETLINK_H_
#define SCV_WORLD_LINUX_NETLINK_H_

#include <linux/netlink.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "world/linux/fd_store.h"

namespace scv::world {

class NetlinkRequest {
 public:
  // `what` says in an error what was attempted: "adding the address 10.0.0.1 to br-0".
  template <typename Header>
  requires std::is_trivially_copyable_v<Header> NetlinkRequest(std::uint16_t type, int flags,
                                                               const Header& header,
                                                               std::string what)
      : what_(std::move(what)) {
    Start(type, flags, std::as_bytes(std::span(&header, 1)));
  }

  NetlinkRequest& Put(int attribute, std::span<const std::byte> value);
  NetlinkRequest& Put(int attribute, std::uint8_t value);
  NetlinkRequest& Put(int attribute, std::uint16_t value);
  NetlinkRequest& Put(int attribute, std::uint32_t value);
  NetlinkRequest& Put(int attribute, std::string_view value);        // with a zero at the end
  NetlinkRequest& PutAddress(int attribute, std::uint32_t address);  // host order, sent in network
                                                                     // order
  template <typename Header>
  NetlinkRequest& Append(const Header& header) {
    Add(std::as_bytes(std::span(&header, 1)));
    return *this;
  }

  // What is put until Close(its value) lies inside of the attribute.
  std::size_t Open(int attribute);
  NetlinkRequest& Close(std::size_t opened);

  // An answer that is as good as success ("it is gone already": ENODEV).
  NetlinkRequest& Tolerate(int error_number);

  const std::string& what() const { return what_; }

 private:
  friend class NetlinkSocket;
  void Start(std::uint16_t type, int flags, std::span<const std::byte> header);
  void Add(std::span<const std::byte> bytes);
  nlmsghdr& header() { return *reinterpret_cast<nlmsghdr*>(bytes_.data()); }

  std::vector<std::byte> bytes_;
  std::vector<int> tolerated_;
  std::string what_;
};

// The attributes of a received message, which must outlive this.
class NetlinkAttributes {
 public:
  explicit NetlinkAttributes(std::span<const std::byte> bytes) : bytes_(bytes) {}
  // Those behind a fixed header of `header_size` bytes.
  static NetlinkAttributes Of(const nlmsghdr& message, std::size_t header_size);

  std::span<const std::byte> Find(int attribute) const;  // empty: not there
  NetlinkAttributes Nested(int attribute) const { return NetlinkAttributes(Find(attribute)); }
  std::uint8_t U8(int attribute) const;  // 0: not there, here and below
  std::uint16_t BigU16(int attribute) const;
  std::uint32_t U32(int attribute) const;
  std::uint32_t Address(int attribute) const;  // in host order
  std::string_view Text(int attribute) const;

 private:
  std::span<const std::byte> bytes_;
};

class NetlinkSocket {
 public:
  // In the network namespace of the calling thread. `protocol`: NETLINK_ROUTE, …
  static Result<NetlinkSocket> Open(int protocol);

  // Carries out all of `requests` in order and reports the first that failed; those behind it are
  // carried out nevertheless, so that repeating the call after a repair completes the work.
  Result<void> Carry(std::span<NetlinkRequest> requests);

  // Hands every message of the answer to `take`.
  Result<void> Dump(NetlinkRequest& request, const std::function<void(const nlmsghdr&)>& take);
  // The same of a request about one thing.
  Result<void> Ask(NetlinkRequest& request, const std::function<void(const nlmsghdr&)>& take);

  // From now on this socket hears what its namespace tells `group` (RTNLGRP_…), and is used for
  // nothing else.
  Result<void> Subscribe(int group);
  // Waits for something to be heard and drops it. false: nothing came in time.
  bool Hear(std::chrono::milliseconds limit);

 private:
  explicit NetlinkSocket(UniqueFd fd) : fd_(std::move(fd)) {}
  Result<void> Exchange(NetlinkRequest& request, int flags,
                        const std::function<void(const nlmsghdr&)>& take);
  Result<void> CarryFew(std::span<NetlinkRequest> requests);
  Result<std::span<const std::byte>> Receive(std::string_view what);

  UniqueFd fd_;
  std::uint32_t sequence_ = 0;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(64 * 1024);
};

// The header behind a message's own: rtmsg, ifinfomsg, …
template <typename Header>
const Header& HeaderOf(const nlmsghdr& message) {
  return *reinterpret_cast<const Header*>(NLMSG_DATA(&message));
}

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NETLINK_H_
