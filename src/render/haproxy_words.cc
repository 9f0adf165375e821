#include <fmt/format.h>

#include <algorithm>

#include "render/haproxy.h"

namespace scv::render {
namespace {

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool IsPlain(char c) { return IsLetterOrDigit(c) || std::string_view("-_./:").contains(c); }

}  // namespace

std::string HaproxyWord(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (IsPlain(c)) {
      word += c;
    } else {
      word += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return text.empty() ? "\"\"" : word;
}

std::string HaproxyFormatWord(std::string_view text) {
  std::string doubled;
  for (const char c : text) {
    doubled += c;
    if (c == '%') doubled += c;
  }
  return HaproxyWord(doubled);
}

// The names tell the versions: "…TLS13-1-2-…" takes 1.2 and 1.3, "…TLS-1-2-…" only 1.2.
std::string HaproxyTls(std::string_view ssl_policy) {
  const auto has = [&](std::string_view part) { return ssl_policy.contains(part); };
  const bool with_13 = has("TLS13");
  const bool forward_secret = with_13 || has("-FS-");
  std::string_view least = "TLSv1.0";
  if (has("TLS13-1-3")) {
    least = "TLSv1.3";
  } else if (has("-1-2")) {
    least = "TLSv1.2";
  } else if (has("-1-1")) {
    least = "TLSv1.1";
  }
  std::string text = fmt::format("ssl-min-ver {}", least);
  if (!with_13) text += " ssl-max-ver TLSv1.2";
  text += " ciphers ECDHE+AESGCM:ECDHE+AES128:ECDHE+AES256";
  if (!forward_secret) text += ":AESGCM:AES128:AES256";
  text += ":!aNULL:!eNULL:!PSK:!3DES:!RC4";
  return text;
}

}  // namespace scv::render
