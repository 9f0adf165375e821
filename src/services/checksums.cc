#include "services/checksums.h"

#include <boost/crc.hpp>
#include <cstdint>

#include "services/bytes.h"

namespace scv::services {
namespace {

template <typename Crc>
class CrcChecksum final : public Checksum {
 public:
  void Add(std::string_view bytes) override { crc_.process_bytes(bytes.data(), bytes.size()); }
  std::string Finish() override {
    std::string big_endian;
    for (int shift = static_cast<int>(Crc::bit_count) - 8; shift >= 0; shift -= 8) {
      big_endian += static_cast<char>((crc_.checksum() >> shift) & 0xff);
    }
    return Base64(big_endian);
  }

 private:
  Crc crc_;
};

class DigestChecksum final : public Checksum {
 public:
  explicit DigestChecksum(const EVP_MD* kind) : digest_(kind) {}
  void Add(std::string_view bytes) override { digest_.Add(bytes); }
  std::string Finish() override { return Base64(digest_.Finish()); }

 private:
  Digest digest_;
};

constexpr std::uint32_t kOnes32 = ~std::uint32_t{0};
constexpr std::uint64_t kOnes64 = ~std::uint64_t{0};
using Crc32 = CrcChecksum<boost::crc_32_type>;
// Polynomials: RFC 3720 appendix B.4; NVM Express, NVM Command Set Specification, "64b CRC".
using Crc32c = CrcChecksum<boost::crc_optimal<32, 0x1EDC6F41, kOnes32, kOnes32, true, true>>;
using Crc64Nvme =
    CrcChecksum<boost::crc_optimal<64, 0xAD93D23594C93659, kOnes64, kOnes64, true, true>>;

}  // namespace

std::unique_ptr<Checksum> MakeChecksum(std::string_view header) {
  if (header == "x-amz-checksum-crc32") return std::make_unique<Crc32>();
  if (header == "x-amz-checksum-crc32c") return std::make_unique<Crc32c>();
  if (header == "x-amz-checksum-crc64nvme") return std::make_unique<Crc64Nvme>();
  if (header == "x-amz-checksum-sha1") return std::make_unique<DigestChecksum>(EVP_sha1());
  if (header == "x-amz-checksum-sha256") return std::make_unique<DigestChecksum>(EVP_sha256());
  if (header == "content-md5") return std::make_unique<DigestChecksum>(EVP_md5());
  return nullptr;
}

}  // namespace scv::services
