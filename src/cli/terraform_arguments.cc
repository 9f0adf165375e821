#include "cli/terraform_arguments.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace scv::cli {
namespace {

// As `terraform COMMAND -help` of Terraform 1.11 has it.
const std::set<std::string_view> kTakesVariables{"apply",  "console", "destroy",
                                                 "import", "plan",    "refresh"};
const std::set<std::string_view> kTakesState{"apply",      "console",
                                             "destroy",    "import",
                                             "output",     "plan",
                                             "refresh",    "taint",
                                             "untaint",    "state list",
                                             "state mv",   "state rm",
                                             "state show", "state replace-provider"};

bool Has(const std::vector<std::string>& words, std::size_t from, std::string_view option) {
  return std::any_of(
      words.begin() + static_cast<std::ptrdiff_t>(from), words.end(), [&](std::string_view word) {
        word.remove_prefix(word.starts_with("--") ? 1 : 0);
        return word == option || (word.starts_with(option) && word[option.size()] == '=');
      });
}

// A positional word of apply or show is a file: no option of theirs takes its value as a word of
// its own except these.
bool NamesFile(const std::vector<std::string>& words, std::size_t from) {
  static const std::set<std::string_view> kWithValue{"-var",       "-var-file",    "-state",
                                                     "-state-out", "-backup",      "-target",
                                                     "-replace",   "-parallelism", "-lock-timeout"};
  for (std::size_t i = from; i < words.size(); ++i) {
    if (!words[i].starts_with('-')) return true;
    if (kWithValue.contains(words[i])) ++i;
  }
  return false;
}

}  // namespace

TerraformWords Understand(const std::vector<std::string>& words) {
  constexpr std::string_view kChdir = "-chdir=";
  TerraformWords found;
  std::size_t i = 0;
  for (; i < words.size() && words[i].starts_with('-'); ++i) {
    const std::string_view word = words[i];
    if (word.starts_with(kChdir)) found.chdir = word.substr(kChdir.size());
  }
  if (i < words.size()) found.command = words[i++];
  const bool nested = found.command == "state" && i < words.size() && !words[i].starts_with('-');
  if (nested) found.command += " " + words[i++];
  found.own = i;
  return found;
}

std::vector<std::string> WithPlace(const std::vector<std::string>& words,
                                   const TerraformPlace& place) {
  const auto found = Understand(words);
  std::vector<std::string> added;
  const bool saved = found.command == "apply" && NamesFile(words, found.own);
  if (kTakesState.contains(found.command) && !Has(words, found.own, "-state")) {
    added.push_back("-state=" + place.state.string());
  }
  if (kTakesVariables.contains(found.command) && !saved && !Has(words, found.own, "-var-file")) {
    added.push_back("-var-file=" + place.var_file.string());
  }
  auto all = words;
  all.insert(all.begin() + static_cast<std::ptrdiff_t>(found.own), added.begin(), added.end());
  // `show` has no option for it, only a place.
  if (found.command == "show" && !NamesFile(words, found.own)) all.push_back(place.state.string());
  if (found.chdir.empty()) all.insert(all.begin(), "-chdir=" + place.root.string());
  return all;
}

}  // namespace scv::cli
