#include <fmt/format.h>

#include "cli/command.h"

namespace scv::cli {
namespace {

// Words that a bash completion offers: "--option" names, without the values they take.
std::string OptionsOf(const CLI::App& app) {
  std::string words;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) words += " --" + name;
  }
  return words;
}

}  // namespace

Run DeclareCompletion(CLI::App& app) {
  app.footer(
      "bash:  source <(./scv completion)\n"
      "zsh:   autoload bashcompinit && bashcompinit && source <(./scv completion)");
  return [command = &app](const Context&) {
    const CLI::App& root = *command->get_parent();
    std::string names, cases;
    for (const auto* sub : root.get_subcommands([](const CLI::App*) { return true; })) {
      names += " " + sub->get_name();
      cases += fmt::format("    {}) words=\"{}\" ;;\n", sub->get_name(), OptionsOf(*sub).substr(1));
    }
    fmt::print(
        "_scv() {{\n"
        "  local words word=${{COMP_WORDS[COMP_CWORD]}}\n"
        "  case ${{COMP_WORDS[1]}} in\n{}"
        "    *) words=\"{}\" ;;\n"
        "  esac\n"
        "  ((COMP_CWORD > 1)) || words=\"{}\"\n"
        "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
        "}}\n"
        "complete -F _scv scv ./scv\n",
        cases, names.substr(1),
        names.substr(1) + " dev build test bench fuzz fmt clean help version");
    return 0;
  };
}

}  // namespace scv::cli
