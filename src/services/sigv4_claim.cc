// Reading what a request says about its signature.
#include <algorithm>
#include <charconv>

#include "services/sigv4.h"

namespace scv::services {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::size_t kSignedHeadersMax = 64;
constexpr std::int64_t kPresignedSecondsMax = 7 * 24 * 3600;

using Claimed = std::expected<SignatureClaim, AuthProblem>;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool IsHex64(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// "AKID/20261122/ap-northeast-2/s3/aws4_request"; the id has no slash.
bool ReadScope(std::string_view credential, SignatureClaim& claim) {
  auto parts = Split(credential, '/');
  if (parts.size() != 5 || parts[4] != "aws4_request") return false;
  const bool filled = std::ranges::none_of(parts, [](const auto& part) { return part.empty(); });
  if (!filled || parts[1].size() != 8) return false;
  claim.access_key_id = std::move(parts[0]);
  claim.date = std::move(parts[1]);
  claim.region = std::move(parts[2]);
  claim.service = std::move(parts[3]);
  return true;
}

bool ReadSignedHeaders(std::string_view text, SignatureClaim& claim) {
  claim.signed_headers = Split(text, ';');
  return claim.signed_headers.size() <= kSignedHeadersMax &&
         std::ranges::none_of(claim.signed_headers, [](const auto& name) {
           return name.empty() ||
                  std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
         });
}

// The date of the scope is the day of the timestamp.
bool IsWhole(const SignatureClaim& claim) {
  return !claim.access_key_id.empty() && IsHex64(claim.signature) &&
         !claim.signed_headers.empty() && ParseAmzDate(claim.timestamp) &&
         claim.timestamp.starts_with(claim.date);
}

Claimed FromHeader(const HttpHead& head, std::string_view value) {
  SignatureClaim claim;
  bool fine = true;
  for (const auto& part : Split(value.substr(kAlgorithm.size()), ',')) {
    const auto field = Trim(part);
    const auto equals = field.find('=');
    const auto name = field.substr(0, equals);
    const auto rest = equals == std::string_view::npos ? "" : field.substr(equals + 1);
    if (name == "Credential") {
      fine = fine && ReadScope(rest, claim);
    } else if (name == "SignedHeaders") {
      fine = fine && ReadSignedHeaders(rest, claim);
    } else if (name == "Signature") {
      claim.signature = rest;
    } else {
      fine = false;
    }
  }
  claim.timestamp = head.Header("x-amz-date");
  claim.session_token = head.Header("x-amz-security-token");
  if (!fine || !IsWhole(claim)) return std::unexpected(AuthProblem::kMalformed);
  return claim;
}

Claimed FromQuery(const Uri& uri) {
  SignatureClaim claim{.presigned = true};
  const bool fine = uri.Get("X-Amz-Algorithm") == kAlgorithm &&
                    ReadScope(uri.Get("X-Amz-Credential"), claim) &&
                    ReadSignedHeaders(uri.Get("X-Amz-SignedHeaders"), claim);
  claim.signature = uri.Get("X-Amz-Signature");
  claim.timestamp = uri.Get("X-Amz-Date");
  claim.session_token = uri.Get("X-Amz-Security-Token");
  const auto expires = uri.Get("X-Amz-Expires");
  const auto [end, error] =
      std::from_chars(expires.data(), expires.data() + expires.size(), claim.expires_seconds);
  const bool bounded = error == std::errc() && end == expires.data() + expires.size() &&
                       claim.expires_seconds >= 0 && claim.expires_seconds <= kPresignedSecondsMax;
  if (!fine || !bounded || !IsWhole(claim)) return std::unexpected(AuthProblem::kMalformed);
  return claim;
}

}  // namespace

std::expected<std::optional<SignatureClaim>, AuthProblem> ParseClaim(const HttpHead& head,
                                                                     const Uri& uri) {
  const auto authorization = head.Header("authorization");
  const bool presigned = uri.Has("X-Amz-Signature") || uri.Has("X-Amz-Algorithm");
  if (authorization.empty() && !presigned) return std::nullopt;
  // Both at once leave open which one counts.
  if (!authorization.empty() && presigned) return std::unexpected(AuthProblem::kMalformed);
  if (!presigned && !authorization.starts_with(kAlgorithm)) {
    return std::unexpected(AuthProblem::kMalformed);
  }
  auto claim = presigned ? FromQuery(uri) : FromHeader(head, authorization);
  if (!claim) return std::unexpected(claim.error());
  return std::move(*claim);
}

std::optional<Millis> ParseAmzDate(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t count) {
    return std::string(text.substr(at, count));
  };
  return ParseRfc3339(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T" + part(9, 2) + ":" +
                      part(11, 2) + ":" + part(13, 2) + "Z");
}

}  // namespace scv::services
