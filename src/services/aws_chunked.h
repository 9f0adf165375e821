// Bodies in "aws-chunked" form taken apart as they arrive: chunks, their signatures, and the
// checksums behind them.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
#ifndef SCV_SERVICES_AWS_CHUNKED_H_
#define SCV_SERVICES_AWS_CHUNKED_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "services/bytes.h"
#include "services/http_message.h"
#include "services/sigv4.h"

namespace scv::services {

class AwsChunked {
 public:
  // What verifies the chunks' signatures; nothing where they have none.
  struct Signing {
    std::string key, timestamp, scope, seed;
  };
  AwsChunked(std::optional<Signing> signing, bool has_trailer);

  enum class State { kMore, kDone, kMalformed, kMismatch };
  // Hands the payload to `sink` (false from it ends with kMalformed).
  State Write(std::string_view bytes, const std::function<bool(std::string_view)>& sink);
  State state() const { return state_; }
  // The trailer's fields, names in lower case; whole when kDone.
  const Headers& trailer() const { return trailer_; }

 private:
  enum class Part { kSize, kData, kDataEnd, kTrailer };
  bool TakeLine(std::string_view& bytes);
  void OnSize();
  void OnChunkEnd();
  void OnTrailerLine();
  void EndTrailer();
  std::string Sign(std::string_view kind, std::string_view hashes) const;

  std::optional<Signing> signing_;
  const bool has_trailer_;
  State state_ = State::kMore;
  Part part_ = Part::kSize;
  std::string line_;
  std::uint64_t left_ = 0;
  bool last_ = false;
  std::string signature_, previous_;
  std::optional<Digest> digest_;
  Headers trailer_;
};

}  // namespace scv::services

#endif  // SCV_SERVICES_AWS_CHUNKED_H_
