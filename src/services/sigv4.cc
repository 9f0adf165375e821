#include "services/sigv4.h"

#include <algorithm>

#include "services/bytes.h"

namespace scv::services {
namespace {

constexpr Millis kSkewMax = Millis{15} * 60 * 1000;

// Trimmed, with runs of spaces as one.
std::string Squeeze(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool space = c == ' ' || c == '\t';
    if (space && (out.empty() || out.back() == ' ')) continue;
    out += space ? ' ' : c;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string CanonicalQuery(const Uri& uri) {
  std::vector<std::pair<std::string, std::string>> encoded;
  for (const auto& [name, value] : uri.query) {
    if (name == "X-Amz-Signature") continue;
    encoded.emplace_back(UriEncode(name, false), UriEncode(value, false));
  }
  std::ranges::sort(encoded);
  std::string out;
  for (const auto& [name, value] : encoded) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

std::string CanonicalHeaders(const HttpHead& head, const SignatureClaim& claim) {
  std::string out;
  for (const auto& name : claim.signed_headers) {
    out += name + ":";
    bool more = false;
    for (const auto& [key, value] : head.headers) {
      if (key != name) continue;
      if (more) out += ',';
      out += Squeeze(value);
      more = true;
    }
    out += '\n';
  }
  return out;
}

// The host, and everything that AWS gives a meaning to.
bool SignsWhatCounts(const HttpHead& head, const SignatureClaim& claim) {
  const auto is_signed = [&](std::string_view name) {
    return std::ranges::find(claim.signed_headers, name) != claim.signed_headers.end();
  };
  return is_signed("host") && std::ranges::all_of(head.headers, [&](const auto& header) {
           return !header.first.starts_with("x-amz-") || is_signed(header.first);
         });
}

std::optional<AuthProblem> TimeProblem(const SignatureClaim& claim, Millis now) {
  const auto at = ParseAmzDate(claim.timestamp);
  if (!at) return AuthProblem::kMalformed;
  if (*at - now > kSkewMax) return AuthProblem::kSkewed;
  if (claim.presigned) {
    if (now > *at + claim.expires_seconds * 1000) return AuthProblem::kPresignedExpired;
  } else if (now - *at > kSkewMax) {
    return AuthProblem::kSkewed;
  }
  return std::nullopt;
}

}  // namespace

std::string CanonicalRequest(const HttpHead& head, const Uri& uri, const SignatureClaim& claim,
                             std::string_view payload_hash) {
  std::string path = UriEncode(uri.path, true);
  if (claim.service != "s3") path = UriEncode(path, true);
  std::string out = head.method + "\n" + path + "\n" + CanonicalQuery(uri) + "\n" +
                    CanonicalHeaders(head, claim) + "\n";
  for (std::size_t i = 0; i < claim.signed_headers.size(); ++i) {
    if (i > 0) out += ';';
    out += claim.signed_headers[i];
  }
  return out.append("\n").append(payload_hash);
}

std::string SigningKey(std::string_view secret, std::string_view date, std::string_view region,
                       std::string_view service) {
  auto key = HmacSha256("AWS4" + std::string(secret), date);
  key = HmacSha256(key, region);
  key = HmacSha256(key, service);
  return HmacSha256(key, "aws4_request");
}

std::string SignatureOf(std::string_view signing_key, const SignatureClaim& claim,
                        std::string_view canonical_request) {
  const std::string text = "AWS4-HMAC-SHA256\n" + claim.timestamp + "\n" + claim.Scope() + "\n" +
                           Sha256Hex(canonical_request);
  return Hex(HmacSha256(signing_key, text));
}

std::expected<Authenticated, AuthProblem> Authenticate(const HttpHead& head, const Uri& uri,
                                                       const SignatureClaim& claim,
                                                       std::string_view payload_hash,
                                                       const Credentials& credentials,
                                                       const Expected& expected) {
  if (claim.service != expected.service) return std::unexpected(AuthProblem::kWrongService);
  if (claim.region != expected.region) return std::unexpected(AuthProblem::kWrongRegion);
  if (const auto problem = TimeProblem(claim, expected.now)) return std::unexpected(*problem);
  if (!SignsWhatCounts(head, claim)) return std::unexpected(AuthProblem::kUnsigned);
  auto known = credentials.Find(claim.access_key_id, claim.session_token);
  if (!known) {
    return std::unexpected(known.error() == Credentials::Unknown::kKey ? AuthProblem::kUnknownKey
                                                                       : AuthProblem::kBadToken);
  }
  auto key = SigningKey(known->secret_access_key, claim.date, claim.region, claim.service);
  const auto canonical = CanonicalRequest(head, uri, claim, payload_hash);
  if (!SameSecret(SignatureOf(key, claim, canonical), claim.signature)) {
    return std::unexpected(AuthProblem::kMismatch);
  }
  if (known->expires_at != 0 && known->expires_at <= expected.now) {
    return std::unexpected(AuthProblem::kExpired);
  }
  return Authenticated{std::move(known->caller), claim, std::move(key)};
}

}  // namespace scv::services
