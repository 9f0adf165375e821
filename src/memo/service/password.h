// Password hashes: Argon2id through libsodium, with OWASP's parameters (19 MiB, 2 passes).
#ifndef SCV_MEMO_SERVICE_PASSWORD_H_
#define SCV_MEMO_SERVICE_PASSWORD_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace scv::memo {

// Takes some 20 ms and 19 MiB: never on an I/O thread (PasswordPool). kOverloaded: no memory.
Result<std::string> HashPassword(std::string_view password);

// False for a wrong password and for a hash that cannot be signed in with. As slow as hashing.
bool VerifyPassword(std::string_view password, const std::string& hash);

// A hash of nothing: verifying against it takes the usual time, so that an unknown name cannot be
// told from a wrong password by the clock.
const std::string& DecoyHash();

}  // namespace scv::memo

#endif  // SCV_MEMO_SERVICE_PASSWORD_H_
