#include "services/aws_chunked.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace scv::services {
namespace {

constexpr std::size_t kLineBytesMax = 1024;
constexpr std::size_t kTrailersMax = 16;
constexpr std::uint64_t kChunkBytesMax = std::uint64_t{5} << 30;
constexpr std::string_view kSignature = "chunk-signature=";
constexpr std::string_view kTrailerSignature = "x-amz-trailer-signature";

}  // namespace

AwsChunked::AwsChunked(std::optional<Signing> signing, bool has_trailer)
    : signing_(std::move(signing)), has_trailer_(has_trailer) {
  if (signing_) previous_ = signing_->seed;
}

// Collects up to the line's end; true when the line is whole.
bool AwsChunked::TakeLine(std::string_view& bytes) {
  const auto end = bytes.find('\n');
  line_ += bytes.substr(0, std::min(end, kLineBytesMax + 1));
  if (line_.size() > kLineBytesMax) {
    state_ = State::kMalformed;
    return false;
  }
  if (end == std::string_view::npos) {
    bytes = {};
    return false;
  }
  bytes.remove_prefix(end + 1);
  if (line_.ends_with('\r')) line_.pop_back();
  return true;
}

AwsChunked::State AwsChunked::Write(std::string_view bytes,
                                    const std::function<bool(std::string_view)>& sink) {
  while (!bytes.empty() && state_ == State::kMore) {
    if (part_ == Part::kData) {
      const auto piece = bytes.substr(0, std::min<std::uint64_t>(left_, bytes.size()));
      if (digest_) digest_->Add(piece);
      if (!sink(piece)) state_ = State::kMalformed;
      bytes.remove_prefix(piece.size());
      left_ -= piece.size();
      if (left_ == 0) part_ = Part::kDataEnd;
      continue;
    }
    if (!TakeLine(bytes)) break;
    if (part_ == Part::kSize) {
      OnSize();
    } else if (part_ == Part::kDataEnd) {
      OnChunkEnd();
    } else {
      OnTrailerLine();
    }
    line_.clear();
  }
  // Nothing comes after the end.
  if (state_ == State::kDone && !bytes.empty()) state_ = State::kMalformed;
  return state_;
}

// "10000;chunk-signature=ad80…": hexadecimal.
void AwsChunked::OnSize() {
  const std::string_view line = line_;
  const auto semicolon = line.find(';');
  const auto number = line.substr(0, semicolon);
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), left_, 16);
  const bool fine =
      error == std::errc() && end == number.data() + number.size() && left_ <= kChunkBytesMax;
  const auto rest = semicolon == std::string_view::npos ? "" : line.substr(semicolon + 1);
  if (!fine || (signing_ && !rest.starts_with(kSignature))) {
    state_ = State::kMalformed;
    return;
  }
  if (signing_) {
    signature_ = rest.substr(kSignature.size());
    digest_.emplace(EVP_sha256());
  }
  last_ = left_ == 0;
  part_ = Part::kData;
  if (!last_) return;
  OnChunkEnd();
}

void AwsChunked::OnChunkEnd() {
  if (!line_.empty() && !last_) {
    state_ = State::kMalformed;
    return;
  }
  if (signing_) {
    const auto wanted =
        Sign("AWS4-HMAC-SHA256-PAYLOAD", Sha256Hex("") + "\n" + Hex(digest_->Finish()));
    if (!SameSecret(wanted, signature_)) {
      state_ = State::kMismatch;
      return;
    }
    previous_ = signature_;
  }
  part_ = last_ ? Part::kTrailer : Part::kSize;
}

std::string AwsChunked::Sign(std::string_view kind, std::string_view hashes) const {
  std::string text(kind);
  text += "\n" + signing_->timestamp + "\n" + signing_->scope + "\n" + previous_ + "\n";
  return Hex(HmacSha256(signing_->key, text.append(hashes)));
}

void AwsChunked::OnTrailerLine() {
  if (line_.empty()) {
    EndTrailer();
    return;
  }
  const auto colon = line_.find(':');
  if (!has_trailer_ || colon == std::string::npos || trailer_.size() == kTrailersMax) {
    state_ = State::kMalformed;
    return;
  }
  std::string name = line_.substr(0, colon);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  auto value = line_.substr(colon + 1);
  value.erase(0, value.find_first_not_of(' '));
  trailer_.emplace_back(std::move(name), std::move(value));
}

void AwsChunked::EndTrailer() {
  state_ = State::kDone;
  if (!signing_ || !has_trailer_) return;
  std::string canonical;
  std::string signature;
  for (const auto& [name, value] : trailer_) {
    if (name == kTrailerSignature) {
      signature = value;
    } else {
      canonical += name + ":" + value + "\n";
    }
  }
  if (!SameSecret(Sign("AWS4-HMAC-SHA256-TRAILER", Sha256Hex(canonical)), signature)) {
    state_ = State::kMismatch;
  }
}

}  // namespace scv::services
