// What S3's operations share.
#include <algorithm>
#include <array>
#include <charconv>

#include "services/s3_endpoint.h"

namespace scv::services {
namespace {

// Kept with an object and given back with it.
constexpr std::array<std::string_view, 5> kSystemHeaders = {
    "cache-control", "content-disposition", "content-encoding", "content-language", "expires"};

// Settings of buckets and objects that only Terraform makes here, or that the lab does not have.
constexpr std::array<std::string_view, 24> kSubresources = {"acl",
                                                            "policy",
                                                            "tagging",
                                                            "cors",
                                                            "lifecycle",
                                                            "website",
                                                            "encryption",
                                                            "logging",
                                                            "notification",
                                                            "replication",
                                                            "analytics",
                                                            "inventory",
                                                            "metrics",
                                                            "accelerate",
                                                            "requestPayment",
                                                            "torrent",
                                                            "retention",
                                                            "legal-hold",
                                                            "object-lock",
                                                            "publicAccessBlock",
                                                            "ownershipControls",
                                                            "policyStatus",
                                                            "restore",
                                                            "attributes"};

std::string BucketAction(const S3Request& request) {
  const auto& method = request.head->method;
  if (method == "HEAD") return "s3:ListBucket";
  if (method == "POST") return request.Has("delete") ? "s3:DeleteObject" : "";
  if (method != "GET" || request.Has("uploads")) return "";
  if (request.Has("location")) return "s3:GetBucketLocation";
  if (request.Has("versioning")) return "s3:GetBucketVersioning";
  return request.Has("versions") ? "s3:ListBucketVersions" : "s3:ListBucket";
}

std::string ObjectAction(const S3Request& request) {
  const auto& method = request.head->method;
  const bool upload = request.Has("uploadId");
  const bool version = request.Has("versionId");
  if (method == "GET" || method == "HEAD") {
    if (upload) return "s3:ListMultipartUploadParts";
    return version ? "s3:GetObjectVersion" : "s3:GetObject";
  }
  if (method == "PUT") return "s3:PutObject";
  if (method == "POST") return upload || request.Has("uploads") ? "s3:PutObject" : "";
  if (method != "DELETE") return "";
  if (upload) return "s3:AbortMultipartUpload";
  return version ? "s3:DeleteObjectVersion" : "s3:DeleteObject";
}

}  // namespace

std::string ActionOf(const S3Request& request) {
  const bool other =
      std::ranges::any_of(kSubresources, [&](std::string_view name) { return request.Has(name); });
  if (other) return "";
  if (request.bucket.empty()) {
    return request.head->method == "GET" ? "s3:ListAllMyBuckets" : "";
  }
  return request.key.empty() ? BucketAction(request) : ObjectAction(request);
}

AwsError NoSuchKey(const S3Request& request) {
  return {404, "NoSuchKey", "The specified key does not exist.", {}, {{"Key", request.key}}};
}

AwsError NoSuchUpload() {
  return {404, "NoSuchUpload",
          "The specified upload does not exist. It may have been aborted or completed."};
}

AwsError StoreError(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kInvalid:
      return {400, "KeyTooLongError", error.message};
    case ErrorKind::kNotFound:
      return {404, "NoSuchBucket", "The specified bucket does not exist."};
    case ErrorKind::kOverloaded:
      return {503, "SlowDown", error.message};
    default:
      return {503, "ServiceUnavailable", error.message};
  }
}

aws::ObjectInfo WantedInfo(const HttpHead& head) {
  aws::ObjectInfo info;
  info.content_type = head.Header("content-type");
  for (const auto& [name, value] : head.headers) {
    const bool system = std::ranges::find(kSystemHeaders, name) != kSystemHeaders.end();
    if (!system && !name.starts_with("x-amz-meta-")) continue;
    // "aws-chunked" is how the body came, not what it is.
    if (name == "content-encoding" && value == "aws-chunked") continue;
    if (name == "content-encoding" && value.starts_with("aws-chunked,")) {
      info.metadata[name] = value.substr(value.find_first_not_of(' ', 12));
    } else {
      info.metadata[name] = value;
    }
  }
  return info;
}

HttpResponse EmptyAnswer(int status) {
  auto response = XmlAnswer("", status);
  response.body.clear();
  response.headers.erase(response.headers.begin());  // no content, no type
  return response;
}

std::string Quoted(std::string_view etag) { return "\"" + std::string(etag) + "\""; }

int CountOf(std::string_view text, int otherwise, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0) {
    return otherwise;
  }
  return std::min(value, most);
}

}  // namespace scv::services
