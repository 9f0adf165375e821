#include "cli/needs.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "base/debian_packages.h"
#include "cli/child.h"
#include "cli/recorded.h"

namespace scv::cli {
namespace {

constexpr std::array kNeeds{
    Need{"haproxy", "load balancers"},
    Need{"nginx", "the web tier"},
    Need{"mariadbd", "databases"},
    Need{"mariadb-install-db", "databases"},
    Need{"pdns_server", "names"},
    Need{"curl", "instances download with it"},
    Need{"nsenter", "scv exec"},
    Need{"terraform", "plan and apply (otherwise the recorded resource graph is used)", false},
};

bool IsProgram(const std::string& file) {
  struct stat status {};
  return !file.empty() && ::stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(file.c_str(), X_OK) == 0;
}

}  // namespace

std::span<const Need> Needs() { return kNeeds; }

// An ordinary user's PATH has no sbin; the lab's has.
bool IsInstalled(const Need& need) {
  if (IsProgram(FindProgram(need.program))) return true;
  for (const char* directory : {"/usr/local/sbin/", "/usr/sbin/", "/sbin/"}) {
    if (IsProgram(std::string(directory) + need.program)) return true;
  }
  return false;
}

std::string RemedyFor(const Need& need) {
  const auto packages = DebianPackagesOf(need.program);
  return packages.empty() ? std::string(kGetTerraform) : HowToInstall(packages);
}

Result<void> CheckPrograms() {
  std::string missing, packages;
  for (const auto& need : Needs()) {
    if (!need.required || IsInstalled(need)) continue;
    missing += fmt::format("{}{} ({})", missing.empty() ? "" : ", ", need.program, need.purpose);
    const auto more = DebianPackagesOf(need.program);
    if (packages.find(more) == packages.npos) packages += fmt::format(" {}", more);
  }
  if (missing.empty()) return {};
  return Fail(ErrorKind::kUnavailable,
              "not installed: " + missing + "; " + HowToInstall(packages.substr(1)));
}

}  // namespace scv::cli
