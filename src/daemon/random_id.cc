#include "daemon/random_id.h"

#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace scv::daemon {

std::string RandomId(std::string_view prefix) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::size_t kLength = 17;
  std::array<unsigned char, kLength> bytes{};
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) {
    throw std::runtime_error("the system gives no random numbers");
  }
  std::string id(prefix);
  for (const unsigned char byte : bytes) id += kDigits[byte & 15];
  return id;
}

}  // namespace scv::daemon
