// The checksums that S3's clients send along: x-amz-checksum-* and Content-MD5.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
#ifndef SCV_SERVICES_CHECKSUMS_H_
#define SCV_SERVICES_CHECKSUMS_H_

#include <memory>
#include <string>
#include <string_view>

namespace scv::services {

// One checksum, fed piece by piece.
class Checksum {
 public:
  virtual ~Checksum() = default;
  virtual void Add(std::string_view bytes) = 0;
  // In base 64, as the header has it; nothing may be added afterwards.
  virtual std::string Finish() = 0;
};

// By header: "x-amz-checksum-crc32", …-crc32c, …-crc64nvme, …-sha1, …-sha256, "content-md5".
// nullptr: not one of them.
std::unique_ptr<Checksum> MakeChecksum(std::string_view header);

}  // namespace scv::services

#endif  // SCV_SERVICES_CHECKSUMS_H_
