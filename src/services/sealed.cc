#include "services/sealed.h"

#include <sodium.h>

#include "services/bytes.h"

namespace scv::services {
namespace {

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* Raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

std::string Seal(std::string_view key, std::string_view context, std::string_view plain) {
  const std::string nonce = RandomBytes(kNonce);
  std::string sealed(plain.size() + kTag, '\0');
  unsigned long long size = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(Raw(sealed), &size, Raw(plain), plain.size(),
                                             Raw(context), context.size(), nullptr, Raw(nonce),
                                             Raw(key));
  return nonce + sealed;
}

std::optional<std::string> Unseal(std::string_view key, std::string_view context,
                                  std::string_view sealed) {
  if (sealed.size() < kNonce + kTag) return std::nullopt;
  const auto nonce = sealed.substr(0, kNonce);
  const auto box = sealed.substr(kNonce);
  std::string plain(box.size() - kTag + 1, '\0');
  unsigned long long size = 0;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(Raw(plain), &size, nullptr, Raw(box), box.size(),
                                                 Raw(context), context.size(), Raw(nonce),
                                                 Raw(key)) != 0) {
    return std::nullopt;
  }
  plain.resize(size);
  return plain;
}

std::string Derive(std::string_view key, std::string_view text, std::size_t count) {
  std::string out(count, '\0');
  crypto_generichash(Raw(out), out.size(), Raw(text), text.size(), Raw(key), key.size());
  return out;
}

}  // namespace scv::services
