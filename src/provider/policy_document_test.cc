#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "provider/conform.h"
#include "provider/data_sources.h"

namespace scv::provider {
namespace {

std::string Json(const char* config) {
  const auto answer = ReadPolicyDocument(FromJson(boost::json::parse(config)));
  return answer.has_value() ? (*answer)["json"].Text() : answer.error().message;
}

TEST(PolicyDocument, WritesTheProvidersForm) {
  EXPECT_EQ(Json(R"({"statement": [{"sid": "A", "actions": ["s3:GetObject", "s3:PutObject"],
                     "resources": ["arn:aws:s3:::b/*"],
                     "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
                     "condition": [{"test": "Bool", "variable": "aws:SecureTransport",
                                    "values": ["false"]}]}]})"),
            R"({
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "A",
      "Effect": "Allow",
      "Action": [
        "s3:PutObject",
        "s3:GetObject"
      ],
      "Resource": "arn:aws:s3:::b/*",
      "Principal": {
        "Service": "ec2.amazonaws.com"
      },
      "Condition": {
        "Bool": {
          "aws:SecureTransport": "false"
        }
      }
    }
  ]
})");
}

TEST(PolicyDocument, MergesBySid) {
  const auto merged = Json(R"({
    "source_policy_documents": ["{\"Statement\": {\"Sid\": \"A\", \"Effect\": \"Deny\"}}"],
    "statement": [{"sid": "B", "actions": ["x:Y"], "resources": ["&{aws:username}"]}],
    "override_policy_documents": ["{\"Statement\": [{\"Sid\": \"A\", \"Effect\": \"Allow\"}]}"]})");
  EXPECT_NE(merged.find("\"Sid\": \"A\",\n      \"Effect\": \"Allow\""), std::string::npos)
      << merged;
  EXPECT_NE(merged.find("${aws:username}"), std::string::npos);
  EXPECT_EQ(merged.find("Deny"), std::string::npos);
}

TEST(PolicyDocument, RefusesWhatItCannotMerge) {
  EXPECT_NE(Json(R"({"source_policy_documents": ["[]"]})").find("no JSON object"),
            std::string::npos);
  EXPECT_NE(Json(R"({"source_policy_documents": ["{\"Statement\":[{\"Sid\":\"A\"}]}",
                                                 "{\"Statement\":[{\"Sid\":\"A\"}]}"]})")
                .find("Sid A"),
            std::string::npos);
}

}  // namespace
}  // namespace scv::provider
