// Packets with file descriptors over Unix SOCK_SEQPACKET sockets, and the protocol that the lab's
// init speaks on its socket.
//
// The init listens at STATE/init.sock (mode 0600; only a peer with the init's own user id is
// answered). Each request is one packet of words between single spaces, each answer one packet that
// begins with "ok" or "error KIND" (KIND as scv::Name(ErrorKind) has it; the rest is for people):
//
//   put NAME      + one descriptor  → ok           replaces what has the name
//   get NAME                        → ok           + one descriptor
//   remove NAME                     → ok           also when there is none
//   list [AFTER]                    → ok NAME…     those that sort behind AFTER, as many as fit;
//                                                  repeated with the last until none comes
//   watch                           → ok           then, unasked, the last 1,024 exits and each
//                                                  further one: "exit PID START STATUS", PID and
//                                                  START (field 22 of /proc/PID/stat) in the lab's
//                                                  terms, STATUS the code or 128 + the signal
//
// A watcher that does not read is disconnected; it connects again and gets the last exits again.
#ifndef SCV_WORLD_LINUX_LAB_INIT_PACKETS_H_
#define SCV_WORLD_LINUX_LAB_INIT_PACKETS_H_

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "world/linux/fd_store.h"

namespace scv::world {

using Deadline = std::chrono::steady_clock::time_point;

inline constexpr std::string_view kInitSocketName = "init.sock";
inline constexpr std::size_t kPacketSizeMax = 160 * 1024;
inline constexpr std::size_t kPacketDescriptorsMax = 64;

// `what` and what errno says.
std::unexpected<Error> FailErrno(ErrorKind kind, std::string what, int error_number);

// Whether FdStore allows `name`.
bool IsFdName(std::string_view name);

struct Packet {
  std::string text;
  std::vector<UniqueFd> descriptors;
};

// Never blocks for long: kOverloaded when the other side does not read, kUnavailable when it is
// gone.
Result<void> SendPacket(int socket, std::string_view text, std::span<const int> descriptors = {});

// The next packet; what it brought is close-on-exec. kUnavailable: the other side is gone.
// kTimeout. kInvalid: a packet beyond the limits above.
Result<Packet> ReceivePacket(int socket, Deadline deadline);

// Socket files whose path is longer than a sockaddr_un takes are reached through their directory.
Result<UniqueFd> ListenPackets(const std::filesystem::path& directory, std::string_view name);
Result<UniqueFd> ConnectPackets(const std::filesystem::path& directory, std::string_view name);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_LAB_INIT_PACKETS_H_
