#include "services/s3_endpoint.h"

#include <algorithm>
#include <charconv>

#include "base/time.h"
#include "services/access.h"
#include "services/s3_payload.h"
#include "services/s3_put.h"

namespace scv::services {
namespace {

constexpr std::size_t kBodyBytesMax = std::size_t{2} << 20;
constexpr std::string_view kUnsigned = "UNSIGNED-PAYLOAD";

using Failed = std::unexpected<AwsError>;

std::unique_ptr<Exchange> Refuse(const AwsError& error, std::string_view resource) {
  return std::make_unique<ReadyAnswer>(S3Failure(error, resource));
}

// What stands for the body in the canonical request.
std::string PayloadHash(const HttpHead& head, const SignatureClaim* claim) {
  const auto given = head.Header("x-amz-content-sha256");
  if (!given.empty()) return std::string(given);
  return claim == nullptr || claim->presigned ? std::string(kUnsigned) : "";
}

AwsError WrongRegion(const BucketInfo& bucket) {
  return {301,
          "PermanentRedirect",
          "The bucket you are attempting to access must be addressed using the specified endpoint.",
          {{"x-amz-bucket-region", bucket.region}},
          {{"Endpoint", bucket.name + ".s3." + bucket.region + ".amazonaws.com"},
           {"Bucket", bucket.name}}};
}

void SplitPath(S3Request& request) {
  std::string_view path = request.uri.path;
  path.remove_prefix(1);
  if (request.bucket.empty()) {
    const auto slash = path.find('/');
    request.bucket = path.substr(0, slash);
    path = slash == std::string_view::npos ? "" : path.substr(slash + 1);
  }
  request.key = path;
}

// A small body, checked as every other, then answered.
class SmallBody final : public Exchange {
 public:
  using Answer = std::function<HttpResponse(const std::string&)>;
  SmallBody(S3Payload payload, std::string resource, Answer answer)
      : payload_(std::move(payload)), resource_(std::move(resource)), answer_(std::move(answer)) {}
  bool Write(std::string_view bytes) override {
    return payload_.Write(bytes, [this](std::string_view piece) {
      too_large_ = too_large_ || piece.size() > kBodyBytesMax - body_.size();
      if (!too_large_) body_ += piece;
      return !too_large_;
    });
  }
  HttpResponse Finish() override {
    if (too_large_) {
      return S3Failure({400, "MaxMessageLengthExceeded", "Your request was too large."}, resource_);
    }
    if (const auto checked = payload_.Finish(); !checked) {
      return S3Failure(checked.error(), resource_);
    }
    return answer_(body_);
  }

 private:
  S3Payload payload_;
  const std::string resource_;
  const Answer answer_;
  std::string body_;
  bool too_large_ = false;
};

}  // namespace

std::unique_ptr<Exchange> S3Endpoint::Begin(const HttpHead& head, std::string region,
                                            std::string bucket) {
  Authenticated who;
  const auto uri = ParseTarget(head.target);
  if (!uri) return Refuse({400, "InvalidURI", "Couldn't parse the specified URI."}, "/");
  auto claim = ParseClaim(head, *uri);
  if (!claim) return Refuse(S3Error(claim.error(), region), uri->path);
  const auto hash = PayloadHash(head, *claim ? &**claim : nullptr);
  if (hash.empty()) {
    return Refuse(
        {400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256"},
        uri->path);
  }
  if (*claim) {
    const Expected expected{"s3", region, WallClockMillis()};
    auto authenticated = Authenticate(head, *uri, **claim, hash, *credentials_, expected);
    if (!authenticated) return Refuse(S3Error(authenticated.error(), region), uri->path);
    who = std::move(*authenticated);
  }
  auto request = Admit(head, region, std::move(bucket), who, hash);
  if (!request) return Refuse(request.error(), uri->path);
  return Route(std::move(*request), who, hash);
}

std::expected<S3Request, AwsError> S3Endpoint::Admit(const HttpHead& head,
                                                     const std::string& region, std::string bucket,
                                                     Authenticated& who,
                                                     std::string_view payload_hash) {
  S3Request request;
  request.head = &head;
  request.uri = *ParseTarget(head.target);
  request.bucket = std::move(bucket);
  request.caller = who.caller;
  request.now = WallClockMillis();
  request.state = account_.State();
  SplitPath(request);
  if (who.caller.kind == Caller::Kind::kAnonymous && payload_hash.starts_with("STREAMING-AWS4")) {
    return Failed(S3Error(AuthProblem::kMissing, region));
  }
  if (!request.bucket.empty()) {
    auto found = store_.FindBucket(request.bucket);
    if (!found) {
      return Failed({404,
                     "NoSuchBucket",
                     "The specified bucket does not exist; make it with an "
                     "aws_s3_bucket and terraform apply",
                     {},
                     {{"BucketName", request.bucket}}});
    }
    request.bucket_info = std::move(*found);
    if (request.bucket_info.region != region) return Failed(WrongRegion(request.bucket_info));
  }
  if (auto allowed = CheckAll(request); !allowed) return Failed(allowed.error());
  return request;
}

std::expected<void, AwsError> S3Endpoint::CheckAll(const S3Request& request) {
  const auto action = ActionOf(request);
  if (action.empty()) {
    return Failed(
        {501, "NotImplemented",
         "This operation on a bucket or object is not offered; buckets and their settings "
         "are made with Terraform."});
  }
  // The objects of a DeleteObjects are checked one by one, when they are known.
  const bool anonymous = request.caller.kind == Caller::Kind::kAnonymous;
  if (request.key.empty() && action == "s3:DeleteObject" && !anonymous) return {};
  return Check(request, action, request.key);
}

std::expected<void, AwsError> S3Endpoint::Check(const S3Request& request, std::string action,
                                                std::string_view key, Headers context) {
  const auto& state = *request.state;
  std::string resource = "*";
  if (!request.bucket.empty()) resource = "arn:aws:s3:::" + request.bucket;
  const bool on_bucket = action.starts_with("s3:List") && action != "s3:ListMultipartUploadParts";
  if (!key.empty() && !on_bucket) resource.append("/").append(key);
  auto asked = RequestOf(request.caller, *request.head, state, std::move(action),
                         std::move(resource), request.now);
  for (const auto& name : {"prefix", "delimiter", "max-keys"}) {
    if (request.Has(name))
      asked.context["s3:" + std::string(name)] = {std::string(request.Query(name))};
  }
  if (request.Has("versionId")) {
    asked.context["s3:versionid"] = {std::string(request.Query("versionId"))};
  }
  for (const auto& [name, value] : request.head->headers) {
    if (name.starts_with("x-amz-")) asked.context["s3:" + name] = {value};
  }
  for (auto& [name, value] : context) asked.context[name] = {std::move(value)};
  const bool anonymous = request.caller.kind == Caller::Kind::kAnonymous;
  const bool reachable = !anonymous || MayBePublic(state, request.bucket);
  if (reachable &&
      IsAllowed(request.caller, asked, state, PoliciesOfBucket(state, request.bucket))) {
    return {};
  }
  return Failed({403, "AccessDenied",
                 anonymous ? "Access Denied"
                           : "User: " + SessionArnOf(request.caller) +
                                 " is not authorized to perform: " + asked.action +
                                 " on resource: \"" + asked.resource + "\""});
}

std::unique_ptr<Exchange> S3Endpoint::Route(S3Request request, const Authenticated& who,
                                            std::string_view payload_hash) {
  S3Payload payload(*request.head, who, payload_hash);
  const bool copies = request.head->Has("x-amz-copy-source");
  if (request.head->method == "PUT" && !request.key.empty() && !copies) {
    return BeginPut(store_, std::move(request), std::move(payload));
  }
  auto resource = request.uri.path;
  return std::make_unique<SmallBody>(std::move(payload), std::move(resource),
                                     [this, request = std::move(request)](const std::string& body) {
                                       return Carry(request, body);
                                     });
}

HttpResponse S3Endpoint::Carry(const S3Request& request, const std::string& body) {
  const auto& method = request.head->method;
  if (request.bucket.empty()) return ListBuckets(request);
  if (request.key.empty()) {
    if (method == "HEAD") {
      auto response = EmptyAnswer(200);
      response.headers.emplace_back("x-amz-bucket-region", request.bucket_info.region);
      return response;
    }
    if (method == "POST") return DeleteObjects(request, body);
    if (request.Has("location")) return Location(request);
    if (request.Has("versioning")) return Versioning(request);
    return request.Has("versions") ? ListVersions(request) : ListObjects(request);
  }
  const bool upload = request.Has("uploadId");
  if (method == "PUT") return upload ? CopyPart(request) : CopyObject(request);
  if (method == "DELETE") return upload ? AbortUpload(request) : DeleteObject(request);
  if (method == "POST") return upload ? CompleteUpload(request, body) : CreateUpload(request);
  return upload ? ListParts(request) : GetObject(request);
}

}  // namespace scv::services
