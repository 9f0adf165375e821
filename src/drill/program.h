// Another program that runs while the drill goes on, its output in a file.
#ifndef SCV_DRILL_PROGRAM_H_
#define SCV_DRILL_PROGRAM_H_

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace scv::drill {

class Program {
 public:
  // `environment`: "NAME=value" on top of this program's. `log` is appended to.
  static Result<std::unique_ptr<Program>> Start(const std::vector<std::string>& arguments,
                                                const std::vector<std::string>& environment,
                                                const std::filesystem::path& log);
  // Ends it with SIGTERM and waits for it.
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // nullopt: it runs. 128 and more: a signal ended it.
  std::optional<int> ExitCode();

 private:
  explicit Program(pid_t pid) : pid_(pid) {}
  pid_t pid_;
  std::optional<int> code_;
};

}  // namespace scv::drill

#endif  // SCV_DRILL_PROGRAM_H_
