#include "memo/http/request.h"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

namespace scv::memo {
namespace {

namespace http = boost::beast::http;

struct Parsed {
  Request request;
  boost::system::error_code error;
  bool done = false;
};

std::unique_ptr<Parsed> Parse(std::string_view text) {
  auto parsed = std::make_unique<Parsed>();
  RequestParser parser(parsed->request);
  while (!text.empty() && !parsed->error && !parser.is_done()) {
    const std::size_t used =
        parser.put(boost::asio::const_buffer(text.data(), text.size()), parsed->error);
    text.remove_prefix(used);
    if (used == 0) break;
  }
  parsed->done = parser.is_done();
  return parsed;
}

TEST(Request, KeepsWhatMatters) {
  const auto parsed = Parse(
      "PUT /api/v1/memos/x?a=b HTTP/1.1\r\nHost: h\r\nIf-Match: \"3\"\r\nX-CSRF-Token: t\r\n"
      "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  ASSERT_TRUE(parsed->done);
  EXPECT_EQ(parsed->request.method, http::verb::put);
  EXPECT_EQ(parsed->request.path(), "/api/v1/memos/x");
  EXPECT_EQ(parsed->request.query(), "a=b");
  EXPECT_EQ(parsed->request.header(Header::kIfMatch), "\"3\"");
  EXPECT_EQ(parsed->request.header(Header::kCsrfToken), "t");
  EXPECT_EQ(parsed->request.body, "{}");
}

TEST(Request, AFieldThatMayStandOnceStandsOnce) {
  EXPECT_TRUE(
      Parse("GET / HTTP/1.1\r\nHost: h\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n")->error);
  EXPECT_TRUE(Parse("GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n")->error);
  const auto cookies = Parse("GET / HTTP/1.1\r\nHost: h\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n");
  EXPECT_EQ(cookies->request.header(Header::kCookie), "a=1; b=2");
}

TEST(Request, SmugglingShapesAreRefused) {
  for (const char* text : {
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: "
           "chunked\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: h\r\nX : y\r\n\r\n",
           "GET / HTTP/1.1\nHost: h\n\n",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
           "chunked\r\n\r\n",
           "GET / HTTP/1.1\r\n\r\n",
           "GET memos HTTP/1.1\r\nHost: h\r\n\r\n",
       }) {
    const auto parsed = Parse(text);
    EXPECT_TRUE(parsed->error || !parsed->done) << text;
  }
}

TEST(Request, TrailersChangeNothing) {
  const auto parsed = Parse(
      "POST /api/v1/memos HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n");
  ASSERT_TRUE(parsed->done);
  EXPECT_FALSE(parsed->request.has(Header::kAuthorization));
  EXPECT_EQ(parsed->request.body, "{}");
}

TEST(Request, AChunkedBodyMayArriveByteByByte) {
  const std::string_view text =
      "POST /api/v1/memos HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\n{}\r\n0\r\nX-T: 1\r\n\r\n";
  Request request;
  RequestParser parser(request);
  std::size_t begin = 0;
  for (std::size_t end = 1; end <= text.size(); ++end) {
    boost::system::error_code error;
    begin += parser.put(boost::asio::const_buffer(text.data() + begin, end - begin), error);
    ASSERT_TRUE(!error || error == http::error::need_more) << end << error.message();
  }
  EXPECT_TRUE(parser.is_done());
  EXPECT_EQ(request.body, "{}");
}

TEST(Request, LimitsBodyAndHeader) {
  EXPECT_EQ(Parse("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n\r\n")->error,
            http::error::body_limit);
  EXPECT_EQ(
      Parse("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(17'000, 'x') + "\r\n\r\n")->error,
      http::error::header_limit);
  std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 120; ++i) many += "X-F: 1\r\n";
  EXPECT_EQ(Parse(many + "\r\n")->error, http::error::header_limit);
}

TEST(Request, AbsoluteFormIsTakenAsItsPath) {
  EXPECT_EQ(Parse("GET http://h/livez?x HTTP/1.1\r\nHost: h\r\n\r\n")->request.target, "/livez?x");
  EXPECT_EQ(Parse("GET http://h HTTP/1.1\r\nHost: h\r\n\r\n")->request.target, "/");
}

}  // namespace
}  // namespace scv::memo
