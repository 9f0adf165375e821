// An instance of the memo service: the built binary, on an ephemeral loopback port.
#ifndef SCV_FAULT_MEMO_PROCESS_H_
#define SCV_FAULT_MEMO_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "fault/api_client.h"

namespace scv::fault {

struct MemoOptions {
  std::string name = "memo";             // of the instance, its port file and its log
  std::filesystem::path directory;       // of those files; exists
  std::vector<std::string> flags;        // further flags of `memo serve`
  std::vector<std::string> environment;  // further NAME=value
  // Not empty: it sees this directory as a small file system of its own, in memory, of
  // `disk_bytes`.
  std::filesystem::path own_disk;
  std::size_t disk_bytes = 0;
};

// Used by the thread that made it: the process ends when that thread does.
class MemoProcess {
 public:
  // kNotFound: the binary is missing, or the machine refuses a file system of its own (the message
  // says so).
  static Result<std::unique_ptr<MemoProcess>> Start(MemoOptions options);
  ~MemoProcess();  // kills it
  MemoProcess(const MemoProcess&) = delete;
  MemoProcess& operator=(const MemoProcess&) = delete;

  // As by kill -9; returns when it has ended.
  void Kill();
  // Starts it anew after Kill(), and waits until it listens.
  Result<void> Restart();
  // Waits until /readyz is 200.
  Result<void> AwaitReady(std::chrono::milliseconds limit);
  bool running() const { return pid_ > 0 && !Ended(std::chrono::milliseconds(0)); }

  const Endpoint& endpoint() const { return endpoint_; }
  const std::string& name() const { return options_.name; }
  pid_t pid() const { return pid_; }
  // Where this process may reach a path as the instance sees it.
  std::filesystem::path Outside(const std::filesystem::path& path) const;
  std::string LogTail() const;

 private:
  explicit MemoProcess(MemoOptions options) : options_(std::move(options)) {}

  Result<void> Launch();
  Result<void> AwaitPort();
  bool Ended(std::chrono::milliseconds wait) const;
  std::filesystem::path PortFile() const;
  std::filesystem::path LogFile() const;

  const MemoOptions options_;
  Endpoint endpoint_;
  pid_t pid_ = -1;
  int pid_fd_ = -1;
};

}  // namespace scv::fault

#endif  // SCV_FAULT_MEMO_PROCESS_H_
