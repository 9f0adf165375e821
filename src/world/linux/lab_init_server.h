// The socket of the lab's init: the fd store and the reports of exits. One thread.
#ifndef SCV_WORLD_LINUX_LAB_INIT_SERVER_H_
#define SCV_WORLD_LINUX_LAB_INIT_SERVER_H_

#include <deque>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "world/linux/fd_store.h"
#include "world/linux/fd_store_client.h"
#include "world/linux/lab_init_packets.h"

namespace scv::world {

class LabInitServer {
 public:
  // Listens in `state`; its sockets are watched with `epoll` (borrowed), their number as the data.
  static Result<LabInitServer> Listen(const std::filesystem::path& state, int epoll);

  Result<void> Hold(std::string name, UniqueFd fd);

  // Whether `fd` is one of its sockets; then its event is dealt with.
  bool Handle(int fd);

  void TellExit(const ExitReport& report);

 private:
  LabInitServer(UniqueFd listener, int epoll) : listener_(std::move(listener)), epoll_(epoll) {}

  void Accept();
  void Serve(int client);
  void Drop(int client);
  Result<void> Answer(int client, Packet& request);
  Result<void> Get(int client, std::string_view name);
  Result<void> List(int client, std::string_view after);
  Result<void> Watch(int client);

  UniqueFd listener_;
  int epoll_;
  std::map<std::string, UniqueFd, std::less<>> held_;
  std::map<int, UniqueFd> clients_;
  std::set<int> watchers_;
  std::deque<std::string> exits_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_LAB_INIT_SERVER_H_
