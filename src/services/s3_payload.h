// The body of an S3 request on its way in: taken out of its chunks, measured, and held against
// everything that the request says of it.
#ifndef SCV_SERVICES_S3_PAYLOAD_H_
#define SCV_SERVICES_S3_PAYLOAD_H_

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/answers.h"
#include "services/aws_chunked.h"
#include "services/checksums.h"

namespace scv::services {

class S3Payload {
 public:
  // `payload_hash`: the request's x-amz-content-sha256.
  S3Payload(const HttpHead& head, const Authenticated& who, std::string_view payload_hash);

  using Sink = std::function<bool(std::string_view)>;
  // False: something is wrong; Finish() says what.
  bool Write(std::string_view bytes, const Sink& sink);
  // After the whole body: the checksums that were verified, by header.
  std::expected<Headers, AwsError> Finish();

 private:
  struct Check {
    std::string header, wanted;  // wanted "": comes in the trailer
    std::unique_ptr<Checksum> sum;
  };
  bool Take(std::string_view bytes, const Sink& sink);
  std::string Wanted(const Check& check) const;

  std::optional<AwsChunked> chunked_;
  std::optional<Digest> sha256_;
  std::string sha256_wanted_;
  std::vector<Check> checks_;
  std::optional<std::int64_t> length_wanted_;
  std::int64_t length_ = 0;
  bool sink_failed_ = false;
};

}  // namespace scv::services

#endif  // SCV_SERVICES_S3_PAYLOAD_H_
