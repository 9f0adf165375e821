// S3: one object read, deleted, copied.
#include <algorithm>
#include <charconv>
#include <pugixml.hpp>

#include "base/time.h"
#include "services/bytes.h"
#include "services/s3_endpoint.h"

namespace scv::services {
namespace {

constexpr int kDeletedMax = 1000;

struct Range {
  std::int64_t first = 0, last = 0;  // inclusive
};

// "bytes=0-9", "bytes=10-", "bytes=-5"; several ranges and other units mean the whole object, as
// on S3. nullopt: nothing of it is in the object.
std::optional<std::optional<Range>> ReadRange(std::string_view text, std::int64_t size) {
  using Whole = std::optional<Range>;
  if (!text.starts_with("bytes=") || text.find(',') != std::string_view::npos) return Whole();
  text.remove_prefix(6);
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return Whole();
  const auto number = [](std::string_view digits) -> std::optional<std::int64_t> {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool fine = error == std::errc() && end == digits.data() + digits.size() && value >= 0;
    return fine ? std::optional(value) : std::nullopt;
  };
  const auto first = number(text.substr(0, dash));
  const auto last = number(text.substr(dash + 1));
  if ((!first && dash != 0) || (!last && dash + 1 != text.size()) || (!first && !last)) {
    return Whole();
  }
  if (!first) {
    if (*last == 0 || size == 0) return std::nullopt;
    return Whole({std::max<std::int64_t>(0, size - *last), size - 1});
  }
  if (last && *last < *first) return Whole();
  if (*first >= size) return std::nullopt;
  return Whole({*first, last ? std::min(*last, size - 1) : size - 1});
}

void Describe(const aws::ObjectInfo& info, const S3Request& request, HttpResponse& response) {
  auto& headers = response.headers;
  headers.emplace_back("ETag", Quoted(info.etag));
  headers.emplace_back("Last-Modified", FormatHttpDate(info.modified_at));
  headers.emplace_back("Accept-Ranges", "bytes");
  headers.emplace_back("x-amz-server-side-encryption", "AES256");
  if (info.version_id != "null") headers.emplace_back("x-amz-version-id", info.version_id);
  // They are over the whole object: clients check them against whatever body an answer has.
  const bool checksums = response.status == 200 && !request.head->Has("range") &&
                         request.head->Header("x-amz-checksum-mode") == "ENABLED";
  for (const auto& [name, value] : info.metadata) {
    if (checksums || !name.starts_with("x-amz-checksum-")) headers.emplace_back(name, value);
  }
  const auto override = [&](std::string_view parameter, std::string name, std::string otherwise) {
    const auto given = request.Query(parameter);
    if (!given.empty()) otherwise = given;
    if (otherwise.empty()) return;
    std::erase_if(headers, [&](const auto& header) { return header.first == name; });
    headers.emplace_back(std::move(name), std::move(otherwise));
  };
  override("response-content-type", "content-type", info.content_type);
  override("response-content-disposition", "content-disposition", "");
  override("response-cache-control", "cache-control", "");
  override("response-content-encoding", "content-encoding", "");
}

bool Names(std::string_view list, const std::string& etag) {
  return list == "*" || list == etag || list.find(Quoted(etag)) != std::string_view::npos;
}

// RFC 9110 section 13; 0: go on.
int Precondition(const HttpHead& head, const aws::ObjectInfo& info) {
  if (head.Has("if-match") && !Names(head.Header("if-match"), info.etag)) return 412;
  if (head.Has("if-none-match")) {
    return Names(head.Header("if-none-match"), info.etag) ? 304 : 0;
  }
  if (head.Header("if-modified-since") == FormatHttpDate(info.modified_at)) return 304;
  return 0;
}

HttpResponse DeleteMarker(const S3Request& request, const aws::ObjectInfo& info) {
  const bool named = request.Has("versionId");
  auto response = S3Failure(
      named ? AwsError{405, "MethodNotAllowed", "The specified version is a delete marker."}
            : NoSuchKey(request),
      request.uri.path);
  response.headers.emplace_back("x-amz-delete-marker", "true");
  response.headers.emplace_back("x-amz-version-id", info.version_id);
  return response;
}

}  // namespace

HttpResponse S3Endpoint::GetObject(const S3Request& request) {
  auto opened = store_.OpenObject(request.bucket, request.key, request.Query("versionId"));
  const auto& head = *request.head;
  const auto finish = [&](HttpResponse response) {
    if (head.method == "HEAD" && !response.length_only) {
      response.length_only = response.file ? response.file_bytes : 0;
    }
    return response;
  };
  if (!opened) {
    if (opened.error().kind != ErrorKind::kNotFound) {
      return finish(S3Failure(StoreError(opened.error()), request.uri.path));
    }
    // Whoever may not list is not told what is missing.
    const auto may_list = Check(request, "s3:ListBucket", "");
    auto error = may_list ? NoSuchKey(request) : may_list.error();
    if (may_list && request.Has("versionId")) error.code = "NoSuchVersion";
    return finish(S3Failure(error, request.uri.path));
  }
  const auto& info = opened->info;
  if (info.delete_marker) return finish(DeleteMarker(request, info));
  auto response = EmptyAnswer(200);
  if (const int status = Precondition(head, info); status == 412) {
    return finish(S3Failure({412, "PreconditionFailed", "A condition did not hold."}, request.key));
  } else if (status != 0) {
    response.status = status;
    Describe(info, request, response);
    return finish(std::move(response));
  }
  const auto range = ReadRange(head.Header("range"), info.size);
  if (!range) {
    return finish(S3Failure({416,
                             "InvalidRange",
                             "The requested range is not satisfiable",
                             {{"Content-Range", "bytes */" + std::to_string(info.size)}}},
                            request.uri.path));
  }
  Describe(info, request, response);
  response.file = std::move(opened->file);
  response.file_bytes = info.size;
  if (*range) {
    const auto [first, last] = **range;
    response.status = 206;
    response.file_offset = first;
    response.file_bytes = last - first + 1;
    response.headers.emplace_back("Content-Range", "bytes " + std::to_string(first) + "-" +
                                                       std::to_string(last) + "/" +
                                                       std::to_string(info.size));
  }
  return finish(std::move(response));
}

HttpResponse S3Endpoint::DeleteObject(const S3Request& request) {
  const auto removed = store_.Remove(request.bucket, request.key, request.Query("versionId"));
  if (!removed) return S3Failure(StoreError(removed.error()), request.uri.path);
  auto response = EmptyAnswer(204);
  if (removed->delete_marker) response.headers.emplace_back("x-amz-delete-marker", "true");
  if (!removed->version_id.empty() && removed->version_id != "null") {
    response.headers.emplace_back("x-amz-version-id", removed->version_id);
  }
  return response;
}

HttpResponse S3Endpoint::DeleteObjects(const S3Request& request, const std::string& body) {
  pugi::xml_document document;
  const auto root =
      document.load_buffer(body.data(), body.size()) ? document.child("Delete") : pugi::xml_node();
  const auto objects = root.children("Object");
  if (!root || std::distance(objects.begin(), objects.end()) > kDeletedMax) {
    return S3Failure({400, "MalformedXML",
                      "The XML you provided was not well-formed or did not "
                      "validate against our published schema"},
                     request.uri.path);
  }
  const bool quiet = std::string_view(root.child_value("Quiet")) == "true";
  std::string out = "<DeleteResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (const auto object : objects) {
    const std::string key = object.child_value("Key");
    const std::string version = object.child_value("VersionId");
    const auto allowed =
        Check(request, version.empty() ? "s3:DeleteObject" : "s3:DeleteObjectVersion", key);
    const auto removed = allowed && !key.empty() ? store_.Remove(request.bucket, key, version)
                                                 : Fail(ErrorKind::kDenied, "Access Denied");
    if (!removed) {
      const bool denied = removed.error().kind == ErrorKind::kDenied;
      out += "<Error><Key>" + XmlText(key) + "</Key><Code>" +
             (denied ? "AccessDenied" : "InternalError") + "</Code><Message>" +
             XmlText(removed.error().message) + "</Message></Error>";
    } else if (!quiet) {
      out += "<Deleted><Key>" + XmlText(key) + "</Key>";
      if (!version.empty()) out += "<VersionId>" + XmlText(version) + "</VersionId>";
      if (removed->delete_marker) {
        out += "<DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>" +
               XmlText(removed->version_id) + "</DeleteMarkerVersionId>";
      }
      out += "</Deleted>";
    }
  }
  return XmlAnswer(out + "</DeleteResult>");
}

}  // namespace scv::services
