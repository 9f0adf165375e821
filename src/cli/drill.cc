#include "cli/child.h"
#include "cli/command.h"
#include "cli/terminal.h"

namespace scv::cli {

// Another program does it (src/drill): it has to enter the lab's network by starting itself again.
Run DeclareDrill(CLI::App&) {
  return [](const Context& context) {
    const auto program = context.files.program("drill", "scv-drill");
    if (!std::filesystem::exists(program)) {
      return Complain(
          {ErrorKind::kUnavailable, program.string() + " is not built; `./scv build` builds it"});
    }
    std::vector<std::string> all{program.string(), "--state", context.files.state.string()};
    if (context.json) all.emplace_back("--json");
    all.insert(all.end(), context.rest.begin(), context.rest.end());
    return Complain(Become(all, {{"SCV_ROOT", context.files.root.string()}}));
  };
}

}  // namespace scv::cli
