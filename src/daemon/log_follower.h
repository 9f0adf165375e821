// Reads a log that is being written, line by line, from its end or from its beginning.
#ifndef SCV_DAEMON_LOG_FOLLOWER_H_
#define SCV_DAEMON_LOG_FOLLOWER_H_

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace scv::daemon {

class LogFollower {
 public:
  // At most the last `bytes_max` of what is there already.
  LogFollower(std::filesystem::path file, std::streamoff bytes_max, bool follow);

  // What was added since; waits a moment for it when following, and then may be empty. nullopt: the
  // end, when not following.
  std::optional<std::string> Next();

 private:
  std::filesystem::path file_;
  std::streamoff position_ = 0;
  bool follow_;
  bool ended_ = false;
};

}  // namespace scv::daemon

#endif  // SCV_DAEMON_LOG_FOLLOWER_H_
