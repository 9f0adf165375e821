// Which Debian package brings a program that the lab starts: what is said where one is missing.
#ifndef SCV_BASE_DEBIAN_PACKAGES_H_
#define SCV_BASE_DEBIAN_PACKAGES_H_

#include <string>
#include <string_view>

namespace scv {

// Debian 12's packages, separated by blanks ("pdns-server pdns-backend-sqlite3"); "": not known.
std::string_view DebianPackagesOf(std::string_view program);

// "install it with `apt-get install …`" of these packages, as root.
std::string HowToInstall(std::string_view packages);

}  // namespace scv

#endif  // SCV_BASE_DEBIAN_PACKAGES_H_
