#include "world/linux/access_log_line.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "render/haproxy.h"

namespace scv::world {
namespace {

using render::HaproxyLogField;

constexpr Millis kNow = 1'795'464'036'407;  // 2026-11-23T20:00:36.407Z

class AccessLogLineTest : public ::testing::Test {
 protected:
  AccessLogLineTest() {
    node_.load_balancer = "app/front/50dc6c495c0c9188";
    node_.certificate = "arn:aws:acm:certificate";
    node_.group_arns["web"] = "arn:aws:targetgroup/web";
    Set(HaproxyLogField::kType, "https");
    Set(HaproxyLogField::kTime, "1795464037609123");
    Set(HaproxyLogField::kClient, "198.51.100.7:41000");
    Set(HaproxyLogField::kTarget, "10.10.16.5:80");
    Set(HaproxyLogField::kBackend, "group-web");
    Set(HaproxyLogField::kTimes, "0/1/1205/3");
    Set(HaproxyLogField::kActive, "1209");
    Set(HaproxyLogField::kStatus, "200");
    Set(HaproxyLogField::kServer, "i-1");
    Set(HaproxyLogField::kReceived, "321");
    Set(HaproxyLogField::kSent, "4567");
    Set(HaproxyLogField::kMethod, "GET");
    Set(HaproxyLogField::kUrl, "https://www.scv.localhost:443/a");
    Set(HaproxyLogField::kVersion, "HTTP/2.0");
    Set(HaproxyLogField::kUserAgent, "curl \"8\"");
    Set(HaproxyLogField::kCipher, "TLS_AES_128_GCM_SHA256");
    Set(HaproxyLogField::kProtocol, "TLSv1.3");
    Set(HaproxyLogField::kTrace, "Root=1-2-3");
    Set(HaproxyLogField::kServerName, "www.scv.localhost");
    Set(HaproxyLogField::kPriority, "0");
    Set(HaproxyLogField::kAction, "forward");
    Set(HaproxyLogField::kRedirect, "-");
    Set(HaproxyLogField::kTermination, "--");
  }

  void Set(HaproxyLogField field, std::string text) {
    fields_[static_cast<std::size_t>(field)] = std::move(text);
  }

  std::string FromHaproxy() const {
    std::string text;
    for (const auto& field : fields_) text += (text.empty() ? "" : "\t") + field;
    return text + "\n";
  }

  AccessLogNode node_;
  std::array<std::string, static_cast<std::size_t>(HaproxyLogField::kCount)> fields_;
};

TEST_F(AccessLogLineTest, ARequestThatATargetAnsweredIsWrittenAsAwsDoes) {
  EXPECT_EQ(AccessLogLine(FromHaproxy(), node_, kNow),
            "h2 2026-11-23T20:00:37.609123Z app/front/50dc6c495c0c9188 198.51.100.7:41000 "
            "10.10.16.5:80 0.000 1.205 0.003 200 200 321 4567 "
            "\"GET https://www.scv.localhost:443/a HTTP/2.0\" \"curl \\x228\\x22\" "
            "TLS_AES_128_GCM_SHA256 TLSv1.3 arn:aws:targetgroup/web \"Root=1-2-3\" "
            "\"www.scv.localhost\" \"arn:aws:acm:certificate\" 0 2026-11-23T20:00:36.400123Z "
            "\"forward\" \"-\" \"-\" \"10.10.16.5:80\" \"200\" \"-\" \"-\" \"-\" "
            "TID_000660f70c18bbfb00000000000011d7");
}

TEST_F(AccessLogLineTest, WithoutATargetThereIsNoneAndItsTimesAreMinusOne) {
  Set(HaproxyLogField::kType, "http");
  Set(HaproxyLogField::kServer, "<NOSRV>");
  Set(HaproxyLogField::kTimes, "0/-1/-1/-1");
  Set(HaproxyLogField::kStatus, "503");
  const auto line = AccessLogLine(FromHaproxy(), node_, kNow);
  ASSERT_TRUE(line);
  EXPECT_NE(line->find(" - -1 -1 -1 503 - "), std::string::npos) << *line;
  EXPECT_NE(line->find("\"www.scv.localhost\" \"-\" 0"), std::string::npos) << *line;
}

TEST_F(AccessLogLineTest, WhatHasOtherFieldsIsNoRequest) {
  EXPECT_EQ(AccessLogLine("Server web/i-1 is UP", node_, kNow), std::nullopt);
  EXPECT_EQ(AccessLogLine(FromHaproxy() + "\tmore", node_, kNow), std::nullopt);
  EXPECT_EQ(AccessLogLine("", node_, kNow), std::nullopt);
}

}  // namespace
}  // namespace scv::world
