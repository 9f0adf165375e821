#include "memo/aws/http_fetch.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "memo/aws/test_server.h"

namespace scv::memo {
namespace {

using std::chrono::seconds;

Result<HttpResponse> Fetch(const std::string& url, const std::string& ca_file = "") {
  HttpRequest request;
  request.url = url;
  request.ca_file = ca_file;
  request.direct = true;
  request.what = "test";
  return HttpFetch(request, CallLimits::Within(seconds(20)));
}

class TlsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string directory = testing::TempDir() + "scv-aws-XXXXXX";
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    directory_ = directory;
    server_ = TestServer::Start("fake_aws.py", "botocore", directory);
    if (!server_) {
      GTEST_SKIP() << "needs Python's botocore (Debian: python3-botocore)";
    }
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string Url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(server_->port()) + "/latest/meta-data/";
  }
  std::string CaFile() const { return directory_ / "cert.pem"; }

  std::filesystem::path directory_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(TlsTest, ATrustedCertificateIsAccepted) {
  const auto response = Fetch(Url("127.0.0.1"), CaFile());
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 401);
}

TEST_F(TlsTest, AnUntrustedCertificateIsRefused) {
  EXPECT_EQ(Fetch(Url("127.0.0.1")).error().kind, ErrorKind::kUnavailable);
}

TEST_F(TlsTest, ATrustedCertificateOfAnotherHostIsRefused) {
  EXPECT_EQ(Fetch(Url("localhost"), CaFile()).error().kind, ErrorKind::kUnavailable);
}

TEST(HttpFetch, OnlyPlainWebAddresses) {
  for (const char* url :
       {"file:///etc/hostname", "ftp://127.0.0.1/", "http://user@127.0.0.1:1/", "http://"}) {
    const auto response = Fetch(url);
    ASSERT_FALSE(response) << url;
    EXPECT_EQ(response.error().kind, ErrorKind::kInvalid) << url;
  }
}

TEST(HttpFetch, AHeaderCannotCarryAnother) {
  for (const char* value : {"a\r\nX-Other: b", "", "\xff"}) {
    HttpRequest request;
    request.url = "http://127.0.0.1:1/";
    request.headers = {{"X-Token", value}};
    EXPECT_EQ(HttpFetch(request, CallLimits::Within(seconds(5))).error().kind, ErrorKind::kInvalid);
  }
}

TEST(HttpFetch, NoTimeMeansTimeout) {
  HttpRequest request;
  request.url = "http://127.0.0.1:1/";
  EXPECT_EQ(HttpFetch(request, CallLimits::Within(seconds(0))).error().kind, ErrorKind::kTimeout);
}

}  // namespace
}  // namespace scv::memo
