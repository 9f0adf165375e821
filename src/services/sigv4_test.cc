// The values are those of AWS's documentation (see sigv4.h and aws_chunked.h).
#include "services/sigv4.h"

#include <gtest/gtest.h>

#include <string>

#include "services/aws_chunked.h"
#include "services/bytes.h"

namespace scv::services {
namespace {

constexpr char kSecret[] = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
constexpr char kEmpty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr char kSignature[] = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";

HttpHead DocumentedGet() {
  HttpHead head;
  head.method = "GET";
  head.target = "/test.txt";
  head.headers = {
      {"host", "examplebucket.s3.amazonaws.com"},
      {"authorization",
       std::string("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/"
                   "aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
                   "Signature=") +
           kSignature},
      {"range", "bytes=0-9"},
      {"x-amz-content-sha256", kEmpty},
      {"x-amz-date", "20130524T000000Z"}};
  return head;
}

TEST(SigV4, DerivesTheDocumentedKey) {
  const auto key =
      SigningKey("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam");
  EXPECT_EQ(Hex(key), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

TEST(SigV4, SignsTheDocumentedRequest) {
  const auto head = DocumentedGet();
  const auto uri = ParseTarget(head.target);
  const auto claim = ParseClaim(head, *uri);
  ASSERT_TRUE(claim && *claim);
  const auto key = SigningKey(kSecret, "20130524", "us-east-1", "s3");
  const auto canonical = CanonicalRequest(head, *uri, **claim, kEmpty);
  EXPECT_EQ(SignatureOf(key, **claim, canonical), kSignature);
  EXPECT_EQ((*claim)->signature, kSignature);
}

TEST(SigV4, RefusesBrokenClaims) {
  const auto broken = [](std::string from, std::string to) {
    auto head = DocumentedGet();
    auto& value = head.headers[1].second;
    value.replace(value.find(from), from.size(), to);
    return !ParseClaim(head, *ParseTarget(head.target)).has_value();
  };
  EXPECT_TRUE(broken("AWS4-HMAC-SHA256 ", "AWS4-ECDSA-P256-SHA256 "));
  EXPECT_TRUE(broken("/aws4_request", ""));
  EXPECT_TRUE(broken("Signature=f0", "Signature=F0"));
  EXPECT_TRUE(broken("20130524/", "20130525/"));
  EXPECT_TRUE(broken("SignedHeaders=host", "SignedHeaders=Host"));
}

TEST(SigV4, NormalisesTheQuery) {
  HttpHead head;
  head.method = "GET";
  head.target = "/a%20b/%ED%95%9C?b=2&a=x%2fy&a&c=1+2";
  SignatureClaim claim;
  claim.service = "s3";
  claim.signed_headers = {"host"};
  const auto text = CanonicalRequest(head, *ParseTarget(head.target), claim, "H");
  EXPECT_TRUE(text.starts_with("GET\n/a%20b/%ED%95%9C\na=&a=x%2Fy&b=2&c=1%202\nhost:\n")) << text;
}

AwsChunked DocumentedChunks() {
  return AwsChunked(
      AwsChunked::Signing{SigningKey(kSecret, "20130524", "us-east-1", "s3"), "20130524T000000Z",
                          "20130524/us-east-1/s3/aws4_request",
                          "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"},
      false);
}

std::string DocumentedBody() {
  return "10000;chunk-signature="
         "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" +
         std::string(65536, 'a') +
         "\r\n400;chunk-signature="
         "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" +
         std::string(1024, 'a') +
         "\r\n0;chunk-signature="
         "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n";
}

TEST(AwsChunked, ReadsTheDocumentedBodyInAnyPieces) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100000}}) {
    auto chunks = DocumentedChunks();
    const auto body = DocumentedBody();
    std::string got;
    for (std::size_t at = 0; at < body.size(); at += piece) {
      chunks.Write(std::string_view(body).substr(at, piece), [&](std::string_view bytes) {
        got += bytes;
        return true;
      });
    }
    EXPECT_EQ(chunks.state(), AwsChunked::State::kDone) << piece;
    EXPECT_EQ(got, std::string(66560, 'a'));
  }
}

TEST(AwsChunked, RefusesAChangedByte) {
  auto chunks = DocumentedChunks();
  auto body = DocumentedBody();
  body[40000] = 'b';
  EXPECT_EQ(chunks.Write(body, [](std::string_view) { return true; }),
            AwsChunked::State::kMismatch);
}

TEST(AwsChunked, ReadsAnUnsignedTrailer) {
  AwsChunked chunks(std::nullopt, true);
  const auto state = chunks.Write("1\r\nx\r\n0\r\nx-amz-checksum-crc32:jNwToA==\r\n\r\n",
                                  [](std::string_view) { return true; });
  EXPECT_EQ(state, AwsChunked::State::kDone);
  ASSERT_EQ(chunks.trailer().size(), 1u);
  EXPECT_EQ(chunks.trailer()[0].second, "jNwToA==");
}

}  // namespace
}  // namespace scv::services
