// Authenticated encryption with a key of 32 bytes: XChaCha20-Poly1305 of libsodium with a random
// nonce in front. `context` is authenticated, too: what was sealed under one context does not open
// under another.
#ifndef SCV_SERVICES_SEALED_H_
#define SCV_SERVICES_SEALED_H_

#include <optional>
#include <string>
#include <string_view>

namespace scv::services {

std::string Seal(std::string_view key, std::string_view context, std::string_view plain);
// nullopt: another key, another context, or changed bytes.
std::optional<std::string> Unseal(std::string_view key, std::string_view context,
                                  std::string_view sealed);
// `count` (16 to 64) bytes that follow from the key and the text, and tell nothing about the key
// (keyed BLAKE2b).
std::string Derive(std::string_view key, std::string_view text, std::size_t count);

}  // namespace scv::services

#endif  // SCV_SERVICES_SEALED_H_
