// Programs that a command runs and waits for.
#ifndef SCV_CLI_CHILD_H_
#define SCV_CLI_CHILD_H_

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace scv::cli {

struct ChildSpec {
  std::vector<std::string> arguments;              // arguments[0] is looked up in PATH
  std::map<std::string, std::string> environment;  // on top of this program's
  std::filesystem::path log;  // standard output and error go there; "": to this program's
  // Asked as often as `tick` is called; once it is true the child gets a SIGINT, and is waited for.
  std::function<bool()> give_up = {};
};

// Starts it, waits for it and returns its exit code, 128 + the signal when one ended it. A SIGINT
// or SIGTERM that arrives meanwhile is passed on once and the child is still waited for. `tick` is
// called about ten times a second.
Result<int> RunChild(const ChildSpec& spec, const std::function<void()>& tick = {});

// Replaces this program. Returns only when that fails.
Error Become(const std::vector<std::string>& arguments,
             const std::map<std::string, std::string>& environment);

// The file that PATH has under this name; "": none.
std::string FindProgram(std::string_view name);

// Waits until the process is gone or a zombie; false: not within `timeout`. Any process, not only a
// child.
bool WaitForEnd(int pid, std::chrono::milliseconds timeout);

// Whether SIGINT or SIGTERM arrived since RunChild was first called.
bool Interrupted();

}  // namespace scv::cli

#endif  // SCV_CLI_CHILD_H_
