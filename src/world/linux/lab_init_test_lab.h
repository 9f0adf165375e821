// A lab of its own for each test: a state directory, scv-lab-init over it, the stand-in daemon in
// it. Ends all of it.
#ifndef SCV_WORLD_LINUX_LAB_INIT_TEST_LAB_H_
#define SCV_WORLD_LINUX_LAB_INIT_TEST_LAB_H_

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace scv::world {

struct Ran {
  int code = 0;
  std::string output;  // stdout and stderr
};

// Runs a program to its end.
Ran RunProgram(const std::vector<std::string>& arguments);
std::filesystem::path ProgramBeside(const std::string& name);
bool Eventually(const std::function<bool()>& holds,
                std::chrono::milliseconds within = std::chrono::seconds(5));
std::string ReadAll(const std::filesystem::path& path);

class TestLab {
 public:
  TestLab();
  ~TestLab();
  TestLab(const TestLab&) = delete;
  TestLab& operator=(const TestLab&) = delete;

  // `prefix` goes before scv-lab-init: another user.
  Ran Start(const std::vector<std::string>& options = {},
            const std::vector<std::string>& prefix = {});
  Ran StartDetached(const std::vector<std::string>& options,
                    const std::vector<std::string>& command,
                    const std::vector<std::string>& prefix = {});
  // Asks the stand-in daemon, as soon as it answers.
  std::string Ask(const std::vector<std::string>& words);

  int pid() const { return Number("pid"); }        // of the init, here
  int parent() const { return Number("parent"); }  // of its parent
  int Number(const std::string& name) const;       // from lab.json; 0: none
  bool Gone() const;                               // neither of the two is left
  const std::filesystem::path& state() const { return state_; }

 private:
  std::filesystem::path state_;
  int init_ = 0;
  int host_ = 0;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_LAB_INIT_TEST_LAB_H_
