#include "base/debian_packages.h"

#include <array>

namespace scv {
namespace {

struct Origin {
  std::string_view program, packages;
};
constexpr std::array kOrigins{
    Origin{"haproxy", "haproxy"},
    Origin{"nginx", "nginx-light"},
    Origin{"mariadbd", "mariadb-server-core"},
    Origin{"mariadb-install-db", "mariadb-server-core"},
    Origin{"pdns_server", "pdns-server pdns-backend-sqlite3"},
    Origin{"curl", "curl"},
    Origin{"nsenter", "util-linux"},
    Origin{"setpriv", "util-linux"},
};

}  // namespace

std::string_view DebianPackagesOf(std::string_view program) {
  for (const auto& [known, packages] : kOrigins) {
    if (known == program) return packages;
  }
  return "";
}

std::string HowToInstall(std::string_view packages) {
  return "install it as root with `apt-get install --no-install-recommends " +
         std::string(packages) + "`";
}

}  // namespace scv
