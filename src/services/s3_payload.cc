#include "services/s3_payload.h"

#include <charconv>

namespace scv::services {
namespace {

bool IsHash(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string_view Trailing(const HttpHead& head) { return head.Header("x-amz-trailer"); }

}  // namespace

S3Payload::S3Payload(const HttpHead& head, const Authenticated& who,
                     std::string_view payload_hash) {
  if (payload_hash.starts_with("STREAMING-")) {
    std::optional<AwsChunked::Signing> signing;
    if (payload_hash.starts_with("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")) {
      signing = {who.signing_key, who.claim.timestamp, who.claim.Scope(), who.claim.signature};
    }
    chunked_.emplace(std::move(signing), payload_hash.ends_with("-TRAILER"));
    const auto length = head.Header("x-amz-decoded-content-length");
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), value);
    if (error == std::errc() && end == length.data() + length.size()) length_wanted_ = value;
  } else if (IsHash(payload_hash)) {
    sha256_.emplace(EVP_sha256());
    sha256_wanted_ = payload_hash;
  }
  for (const auto& [name, value] : head.headers) {
    if (auto sum = MakeChecksum(name)) checks_.push_back({name, value, std::move(sum)});
  }
  if (const auto name = Trailing(head); !name.empty() && chunked_) {
    if (auto sum = MakeChecksum(name)) checks_.push_back({std::string(name), "", std::move(sum)});
  }
}

bool S3Payload::Take(std::string_view bytes, const Sink& sink) {
  if (sha256_) sha256_->Add(bytes);
  for (auto& check : checks_) check.sum->Add(bytes);
  length_ += static_cast<std::int64_t>(bytes.size());
  sink_failed_ = sink_failed_ || !sink(bytes);
  return !sink_failed_;
}

bool S3Payload::Write(std::string_view bytes, const Sink& sink) {
  if (!chunked_) return Take(bytes, sink);
  const auto state =
      chunked_->Write(bytes, [&](std::string_view piece) { return Take(piece, sink); });
  return state == AwsChunked::State::kMore || state == AwsChunked::State::kDone;
}

std::string S3Payload::Wanted(const Check& check) const {
  if (!check.wanted.empty() || !chunked_) return check.wanted;
  for (const auto& [name, value] : chunked_->trailer()) {
    if (name == check.header) return value;
  }
  return "";
}

std::expected<Headers, AwsError> S3Payload::Finish() {
  using Failed = std::unexpected<AwsError>;
  if (sink_failed_) {
    return Failed({503, "ServiceUnavailable", "The object store cannot write; is the disk full?"});
  }
  if (chunked_ && chunked_->state() == AwsChunked::State::kMismatch) {
    return Failed(S3Error(AuthProblem::kMismatch, ""));
  }
  if (chunked_ && chunked_->state() != AwsChunked::State::kDone) {
    return Failed({400, "IncompleteBody", "The body is not whole, or not in aws-chunked form."});
  }
  if (length_wanted_ && *length_wanted_ != length_) {
    return Failed({400, "IncompleteBody", "The body has not x-amz-decoded-content-length bytes."});
  }
  if (sha256_ && !SameSecret(Hex(sha256_->Finish()), sha256_wanted_)) {
    return Failed({400, "XAmzContentSHA256Mismatch",
                   "The provided 'x-amz-content-sha256' header does not match what was computed."});
  }
  Headers verified;
  for (auto& check : checks_) {
    const auto wanted = Wanted(check);
    const auto sum = check.sum->Finish();
    if (sum != wanted) {
      return Failed({400, "BadDigest",
                     "The " + check.header + " you specified did not match what was received."});
    }
    if (check.header != "content-md5") verified.emplace_back(check.header, wanted);
  }
  return verified;
}

}  // namespace scv::services
