// Session tokens: nothing that was not signed is accepted, and reading never goes out of bounds.
#include <sodium.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "memo/service/session_token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace scv::memo;
  static const bool started = sodium_init() >= 0;
  if (!started) std::abort();
  SigningKey key;
  key.kid = 1;
  randombytes_buf(key.secret.data(), key.secret.size());
  const Keyring keys({key});
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // The key is new in every run: no input can have been signed by it.
  if (keys.Verify(text, 0)) std::abort();
  Session session;
  if (keys.CsrfMatches(session, text)) std::abort();
  // A true token with the input laid over its end is no token either.
  std::string token = keys.Sign(session);
  const std::string before = token;
  token.resize(token.size() - std::min(token.size(), size));
  token.append(text.substr(0, before.size() - token.size()));
  if (token != before && keys.Verify(token, -1)) std::abort();
  return 0;
}
