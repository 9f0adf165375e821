// What requests say about their signatures, and bodies in signed chunks: reading them never goes
// out of bounds, and nothing that was not signed is accepted.
#include <sodium.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "services/aws_chunked.h"
#include "services/sigv4.h"

namespace {

using namespace scv::services;

// New in every run: no input can have been signed with its keys.
std::shared_ptr<const Credentials> NewCredentials() {
  std::string name = std::filesystem::temp_directory_path() / "scv-fuzz-XXXXXX";
  if (sodium_init() < 0 || ::mkdtemp(name.data()) == nullptr) std::abort();
  auto made = Credentials::Open(name);
  std::filesystem::remove_all(name);
  if (!made) std::abort();
  return *made;
}

// The first line is the method and the target, the others are headers.
HttpHead HeadOf(std::string_view text) {
  HttpHead head;
  for (bool first = true; first || !text.empty(); first = false) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto end = line.find(first ? ' ' : ':');
    const std::string left(line.substr(0, end));
    const std::string right(end == line.npos ? "" : line.substr(end + 1));
    if (first) {
      head.method = left;
      head.target = right;
    } else {
      head.headers.emplace_back(left, right);
    }
  }
  return head;
}

bool IsAccepted(const HttpHead& head, const Uri& uri, const SignatureClaim& claim,
                const Credentials& credentials) {
  const Expected expected{.service = claim.service,
                          .region = claim.region,
                          .now = ParseAmzDate(claim.timestamp).value_or(0)};
  return Authenticate(head, uri, claim, "UNSIGNED-PAYLOAD", credentials, expected).has_value();
}

void ReadHead(std::string_view text, const Credentials& credentials) {
  const auto head = HeadOf(text);
  const auto uri = ParseTarget(head.target);
  if (!uri) return;
  auto claim = ParseClaim(head, *uri);
  if (!claim || !*claim) return;
  if (IsAccepted(head, *uri, **claim, credentials)) std::abort();
  // The owner's own signature counts for these very words only.
  const auto& owner = credentials.owner();
  auto signed_claim = **claim;
  signed_claim.access_key_id = owner.access_key_id;
  signed_claim.session_token.clear();
  const auto key = SigningKey(owner.secret_access_key, signed_claim.date, signed_claim.region,
                              signed_claim.service);
  signed_claim.signature = SignatureOf(
      key, signed_claim, CanonicalRequest(head, *uri, signed_claim, "UNSIGNED-PAYLOAD"));
  const bool accepted = IsAccepted(head, *uri, signed_claim, credentials);
  auto other = head;
  other.method += "X";
  if (IsAccepted(other, *uri, signed_claim, credentials)) std::abort();
  signed_claim.signature.front() ^= 1;
  if (IsAccepted(head, *uri, signed_claim, credentials)) std::abort();
  // Whatever else is wrong with it: the host is what every signature must cover.
  const auto& names = signed_claim.signed_headers;
  if (accepted && std::find(names.begin(), names.end(), "host") == names.end()) std::abort();
}

void ReadBody(std::string_view text, bool is_signed, bool has_trailer) {
  std::optional<AwsChunked::Signing> signing;
  if (is_signed) {
    signing = {std::string(32, '\0'), "20261122T060000Z", "20261122/r/s3/aws4_request", ""};
    randombytes_buf(signing->key.data(), signing->key.size());
  }
  AwsChunked body(signing, has_trailer);
  std::size_t taken = 0;
  const std::size_t piece = 1 + text.size() % 7;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    body.Write(text.substr(at, piece), [&](std::string_view bytes) {
      taken += bytes.size();
      return true;
    });
  }
  if (taken > text.size()) std::abort();
  if (is_signed && body.state() == AwsChunked::State::kDone) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto credentials = NewCredentials();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ReadHead(text, *credentials);
  for (const bool is_signed : {false, true}) {
    for (const bool has_trailer : {false, true}) ReadBody(text, is_signed, has_trailer);
  }
  return 0;
}
