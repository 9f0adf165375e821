// S3: CopyObject and UploadPartCopy.
#include <charconv>

#include "base/time.h"
#include "services/bytes.h"
#include "services/s3_endpoint.h"

namespace scv::services {
namespace {

using Failed = std::unexpected<AwsError>;

std::string CopyResult(std::string_view element, std::string_view etag, Millis at) {
  std::string out("<");
  out.append(element).append(" xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LastModified>");
  out.append(FormatRfc3339(at)).append("</LastModified><ETag>&quot;").append(etag);
  return out.append("&quot;</ETag></").append(element).append(">");
}

// Up to `last` of the file into the draft, from `first` on; the MD5 of it in hex.
Result<std::string> CopyBytes(int fd, std::int64_t first, std::int64_t last, BlobDraft& draft) {
  Digest md5(EVP_md5());
  std::int64_t at = 0;
  SCV_TRY(ReadAll(fd, [&](std::string_view bytes) -> Result<void> {
    const auto begin = std::max<std::int64_t>(first - at, 0);
    const auto end = std::min<std::int64_t>(last + 1 - at, static_cast<std::int64_t>(bytes.size()));
    at += static_cast<std::int64_t>(bytes.size());
    if (begin >= end) return {};
    bytes = bytes.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
    md5.Add(bytes);
    return draft.Write(bytes);
  }));
  return Hex(md5.Finish());
}

}  // namespace

std::expected<DiskObjectStore::Opened, AwsError> S3Endpoint::CopySource(const S3Request& request) {
  std::string text(request.head->Header("x-amz-copy-source"));
  if (!text.starts_with('/')) text.insert(0, "/");
  const auto uri = ParseTarget(text);
  const auto slash = uri ? uri->path.find('/', 1) : std::string::npos;
  if (slash == std::string::npos || slash + 1 == uri->path.size()) {
    return Failed({400, "InvalidArgument", "Copy Source must mention the source bucket and key"});
  }
  S3Request source;
  source.head = request.head;
  source.uri = *uri;
  source.bucket = uri->path.substr(1, slash - 1);
  source.key = uri->path.substr(slash + 1);
  source.caller = request.caller;
  source.now = request.now;
  source.state = request.state;
  const auto version = source.Query("versionId");
  const auto* action = version.empty() ? "s3:GetObject" : "s3:GetObjectVersion";
  if (auto allowed = Check(source, action, source.key); !allowed) return Failed(allowed.error());
  auto opened = store_.OpenObject(source.bucket, source.key, version);
  if (!opened || !opened->file) return Failed(NoSuchKey(source));
  return std::move(*opened);
}

HttpResponse S3Endpoint::CopyObject(const S3Request& request) {
  auto source = CopySource(request);
  if (!source) return S3Failure(source.error(), request.uri.path);
  const bool replace = request.head->Header("x-amz-metadata-directive") == "REPLACE";
  auto wanted = replace ? WantedInfo(*request.head) : aws::ObjectInfo();
  if (!replace) {
    wanted.content_type = source->info.content_type;
    wanted.metadata = source->info.metadata;
  }
  const auto kept = [&]() -> Result<aws::ObjectInfo> {
    SCV_ASSIGN(auto draft, store_.NewDraft());
    SCV_ASSIGN(wanted.etag, CopyBytes(source->file.get(), 0, source->info.size - 1, draft));
    return store_.Keep(request.bucket, request.key, std::move(draft), std::move(wanted));
  }();
  if (!kept) return S3Failure(StoreError(kept.error()), request.uri.path);
  auto response = XmlAnswer(CopyResult("CopyObjectResult", kept->etag, kept->modified_at));
  if (kept->version_id != "null") {
    response.headers.emplace_back("x-amz-version-id", kept->version_id);
  }
  return response;
}

HttpResponse S3Endpoint::CopyPart(const S3Request& request) {
  const auto upload = store_.FindUpload(request.bucket, request.key, request.Query("uploadId"));
  if (!upload) return S3Failure(NoSuchUpload(), request.uri.path);
  const int number = CountOf(request.Query("partNumber"), 0, 10001);
  if (number < 1 || number > 10000) {
    return S3Failure({400, "InvalidArgument", "Part number must be between 1 and 10000."},
                     request.uri.path);
  }
  auto source = CopySource(request);
  if (!source) return S3Failure(source.error(), request.uri.path);
  std::int64_t first = 0;
  std::int64_t last = source->info.size - 1;
  std::string_view range = request.head->Header("x-amz-copy-source-range");
  if (range.starts_with("bytes=")) {
    range.remove_prefix(6);
    const auto* end = range.data() + range.size();
    const auto begun = std::from_chars(range.data(), end, first);
    const bool dash = begun.ptr != end && *begun.ptr == '-';
    const bool fine = dash && std::from_chars(begun.ptr + 1, end, last).ptr == end;
    if (!fine || first < 0 || last < first || last >= source->info.size) {
      return S3Failure({400, "InvalidArgument", "The x-amz-copy-source-range is not valid."},
                       request.uri.path);
    }
  }
  UploadPart part{.number = number};
  const auto kept = [&]() -> Result<void> {
    SCV_ASSIGN(auto draft, store_.NewDraft());
    SCV_ASSIGN(part.etag, CopyBytes(source->file.get(), first, last, draft));
    return store_.KeepPart(*upload, part, std::move(draft));
  }();
  if (!kept) return S3Failure(StoreError(kept.error()), request.uri.path);
  return XmlAnswer(CopyResult("CopyPartResult", part.etag, request.now));
}

}  // namespace scv::services
