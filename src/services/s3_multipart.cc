// S3: multipart uploads, but for their parts' bodies (s3_put.cc).
#include <algorithm>
#include <pugixml.hpp>

#include "base/time.h"
#include "services/s3_endpoint.h"

namespace scv::services {
namespace {

constexpr std::string_view kXmlns = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
constexpr std::int64_t kPartBytesMin = std::int64_t{5} << 20;  // of all but the last
constexpr int kPartsMax = 10000;

using Failed = std::unexpected<AwsError>;

std::string Named(const S3Request& request) {
  return "<Bucket>" + XmlText(request.bucket) + "</Bucket><Key>" + XmlText(request.key) + "</Key>";
}

std::string_view Unquoted(std::string_view etag) {
  if (etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"')) {
    etag = etag.substr(1, etag.size() - 2);
  }
  return etag;
}

AwsError BadXml() {
  return {400, "MalformedXML",
          "The XML you provided was not well-formed or did not validate "
          "against our published schema"};
}

// The parts that a CompleteMultipartUpload names, held against those that were uploaded.
std::expected<std::vector<UploadPart>, AwsError> ChosenParts(
    const std::string& body, const std::vector<UploadPart>& uploaded) {
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size())) return Failed(BadXml());
  std::vector<UploadPart> chosen;
  for (const auto node : document.child("CompleteMultipartUpload").children("Part")) {
    const int number = node.child("PartNumber").text().as_int();
    const std::string etag(Unquoted(node.child_value("ETag")));
    if (!chosen.empty() && number <= chosen.back().number) {
      return Failed({400, "InvalidPartOrder", "The list of parts was not in ascending order."});
    }
    if (!chosen.empty() && chosen.back().size < kPartBytesMin) {
      return Failed(
          {400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"});
    }
    const auto found = std::ranges::find(uploaded, number, &UploadPart::number);
    if (found == uploaded.end() || found->etag != etag) {
      return Failed({400, "InvalidPart", "One or more of the specified parts could not be found."});
    }
    chosen.push_back(*found);
  }
  if (chosen.empty() || chosen.size() > static_cast<std::size_t>(kPartsMax)) {
    return Failed(BadXml());
  }
  return chosen;
}

}  // namespace

HttpResponse S3Endpoint::CreateUpload(const S3Request& request) {
  auto info = WantedInfo(*request.head);
  Upload wanted{.bucket = request.bucket, .key = request.key};
  wanted.content_type = std::move(info.content_type);
  wanted.metadata = std::move(info.metadata);
  if (request.key.size() > 1024) {
    return S3Failure({400, "KeyTooLongError", "Your key is too long"}, request.uri.path);
  }
  const auto upload = store_.CreateUpload(std::move(wanted));
  if (!upload) return S3Failure(StoreError(upload.error()), request.uri.path);
  return XmlAnswer("<InitiateMultipartUploadResult" + std::string(kXmlns) + Named(request) +
                   "<UploadId>" + upload->id + "</UploadId></InitiateMultipartUploadResult>");
}

HttpResponse S3Endpoint::ListParts(const S3Request& request) {
  const auto upload = store_.FindUpload(request.bucket, request.key, request.Query("uploadId"));
  if (!upload) return S3Failure(NoSuchUpload(), request.uri.path);
  const auto parts = store_.Parts(*upload);
  if (!parts) return S3Failure(StoreError(parts.error()), request.uri.path);
  const int after = CountOf(request.Query("part-number-marker"), 0, kPartsMax);
  const int most = CountOf(request.Query("max-parts"), 1000, 1000);
  std::string list;
  int count = 0;
  int last = after;
  bool truncated = false;
  for (const auto& part : *parts) {
    if (part.number <= after) continue;
    truncated = count == most;
    if (truncated) break;
    ++count;
    last = part.number;
    list += "<Part><PartNumber>" + std::to_string(part.number) + "</PartNumber><LastModified>" +
            FormatRfc3339(part.modified_at) + "</LastModified><ETag>&quot;" + part.etag +
            "&quot;</ETag><Size>" + std::to_string(part.size) + "</Size></Part>";
  }
  return XmlAnswer("<ListPartsResult" + std::string(kXmlns) + Named(request) + "<UploadId>" +
                   upload->id + "</UploadId><PartNumberMarker>" + std::to_string(after) +
                   "</PartNumberMarker><NextPartNumberMarker>" + std::to_string(last) +
                   "</NextPartNumberMarker><MaxParts>" + std::to_string(most) +
                   "</MaxParts><IsTruncated>" + (truncated ? "true" : "false") + "</IsTruncated>" +
                   list + "<StorageClass>STANDARD</StorageClass></ListPartsResult>");
}

HttpResponse S3Endpoint::CompleteUpload(const S3Request& request, const std::string& body) {
  const auto upload = store_.FindUpload(request.bucket, request.key, request.Query("uploadId"));
  if (!upload) return S3Failure(NoSuchUpload(), request.uri.path);
  const auto parts = store_.Parts(*upload);
  if (!parts) return S3Failure(StoreError(parts.error()), request.uri.path);
  const auto chosen = ChosenParts(body, *parts);
  if (!chosen) return S3Failure(chosen.error(), request.uri.path);
  const auto kept = store_.Complete(*upload, *chosen);
  if (!kept) {
    return S3Failure(
        kept.error().kind == ErrorKind::kNotFound ? NoSuchUpload() : StoreError(kept.error()),
        request.uri.path);
  }
  auto response =
      XmlAnswer("<CompleteMultipartUploadResult" + std::string(kXmlns) + Named(request) +
                "<ETag>&quot;" + kept->etag + "&quot;</ETag></CompleteMultipartUploadResult>");
  if (kept->version_id != "null") {
    response.headers.emplace_back("x-amz-version-id", kept->version_id);
  }
  return response;
}

HttpResponse S3Endpoint::AbortUpload(const S3Request& request) {
  const auto upload = store_.FindUpload(request.bucket, request.key, request.Query("uploadId"));
  if (!upload) return S3Failure(NoSuchUpload(), request.uri.path);
  if (const auto done = store_.Abort(*upload); !done) {
    return S3Failure(StoreError(done.error()), request.uri.path);
  }
  return EmptyAnswer(204);
}

}  // namespace scv::services
