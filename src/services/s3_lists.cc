// S3: what there is, in lists; and what a bucket is.
#include "base/time.h"
#include "services/bytes.h"
#include "services/s3_endpoint.h"

namespace scv::services {
namespace {

constexpr std::string_view kXmlns = " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
constexpr int kKeysMax = 1000;

// Grows an XML document; keys are percent-encoded where the client asked for that.
class Xml {
 public:
  Xml(std::string root, bool encode_keys) : root_(std::move(root)), encode_keys_(encode_keys) {
    out_ = "<" + root_ + std::string(kXmlns);
  }
  Xml& Open(std::string_view name) {
    out_.append("<").append(name).append(">");
    return *this;
  }
  Xml& Close(std::string_view name) {
    out_.append("</").append(name).append(">");
    return *this;
  }
  Xml& Text(std::string_view name, std::string_view text) {
    Open(name);
    out_ += XmlText(text);
    return Close(name);
  }
  Xml& Key(std::string_view name, std::string_view text) {
    return Text(name, encode_keys_ ? UriEncode(text, true) : std::string(text));
  }
  HttpResponse Answer() { return XmlAnswer(out_ + "</" + root_ + ">"); }

 private:
  const std::string root_;
  const bool encode_keys_;
  std::string out_;
};

void AddObject(const aws::ObjectInfo& info, Xml& xml) {
  xml.Text("LastModified", FormatRfc3339(info.modified_at)).Text("ETag", Quoted(info.etag));
  xml.Text("Size", std::to_string(info.size)).Text("StorageClass", "STANDARD");
}

void AddPrefixes(const Listing& listing, Xml& xml) {
  for (const auto& prefix : listing.common_prefixes) {
    xml.Open("CommonPrefixes").Key("Prefix", prefix).Close("CommonPrefixes");
  }
}

void AddOwner(Xml& xml) {
  xml.Open("Owner").Text("ID", aws::kLabAccount).Text("DisplayName", "lab").Close("Owner");
}

}  // namespace

HttpResponse S3Endpoint::ListBuckets(const S3Request& request) {
  (void)request;
  Xml xml("ListAllMyBucketsResult", false);
  AddOwner(xml);
  xml.Open("Buckets");
  for (const auto& bucket : store_.Buckets()) {
    xml.Open("Bucket").Text("Name", bucket.name);
    xml.Text("CreationDate", FormatRfc3339(bucket.created_at)).Close("Bucket");
  }
  return xml.Close("Buckets").Answer();
}

// Version 2, and version 1 for older clients.
HttpResponse S3Endpoint::ListObjects(const S3Request& request) {
  const bool v2 = request.Query("list-type") == "2";
  const bool encode = request.Query("encoding-type") == "url";
  ListQuery query;
  query.prefix = request.Query("prefix");
  query.delimiter = request.Query("delimiter");
  query.keys_max = CountOf(request.Query("max-keys"), kKeysMax, kKeysMax);
  query.after = request.Query(v2 ? "start-after" : "marker");
  if (v2 && request.Has("continuation-token")) {
    const auto after = Unbase64(request.Query("continuation-token"));
    if (!after) {
      return S3Failure({400, "InvalidArgument", "The continuation token provided is incorrect"},
                       request.uri.path);
    }
    query.after = *after;
  }
  const auto listing = store_.List(request.bucket, query);
  if (!listing) return S3Failure(StoreError(listing.error()), request.uri.path);
  Xml xml("ListBucketResult", encode);
  xml.Text("Name", request.bucket).Key("Prefix", query.prefix);
  if (!query.delimiter.empty()) xml.Key("Delimiter", query.delimiter);
  xml.Text("MaxKeys", std::to_string(query.keys_max));
  if (encode) xml.Text("EncodingType", "url");
  xml.Text("IsTruncated", listing->truncated ? "true" : "false");
  const auto count = listing->entries.size() + listing->common_prefixes.size();
  if (v2) {
    xml.Text("KeyCount", std::to_string(count));
    if (request.Has("start-after")) xml.Key("StartAfter", request.Query("start-after"));
    if (listing->truncated) xml.Text("NextContinuationToken", Base64(listing->next_key));
    if (request.Has("continuation-token")) {
      xml.Text("ContinuationToken", request.Query("continuation-token"));
    }
  } else {
    xml.Key("Marker", query.after);
    if (listing->truncated) xml.Key("NextMarker", listing->next_key);
  }
  for (const auto& entry : listing->entries) {
    xml.Open("Contents").Key("Key", entry.info.key);
    AddObject(entry.info, xml);
    if (!v2 || request.Query("fetch-owner") == "true") AddOwner(xml);
    xml.Close("Contents");
  }
  AddPrefixes(*listing, xml);
  return xml.Answer();
}

HttpResponse S3Endpoint::ListVersions(const S3Request& request) {
  ListQuery query;
  query.versions = true;
  query.prefix = request.Query("prefix");
  query.delimiter = request.Query("delimiter");
  query.keys_max = CountOf(request.Query("max-keys"), kKeysMax, kKeysMax);
  query.after = request.Query("key-marker");
  query.after_version = request.Query("version-id-marker");
  const auto listing = store_.List(request.bucket, query);
  if (!listing) return S3Failure(StoreError(listing.error()), request.uri.path);
  const bool encode = request.Query("encoding-type") == "url";
  Xml xml("ListVersionsResult", encode);
  xml.Text("Name", request.bucket).Key("Prefix", query.prefix);
  if (!query.delimiter.empty()) xml.Key("Delimiter", query.delimiter);
  xml.Key("KeyMarker", query.after).Text("VersionIdMarker", query.after_version);
  xml.Text("MaxKeys", std::to_string(query.keys_max));
  if (encode) xml.Text("EncodingType", "url");
  xml.Text("IsTruncated", listing->truncated ? "true" : "false");
  if (listing->truncated) {
    xml.Key("NextKeyMarker", listing->next_key);
    if (!listing->next_version.empty()) xml.Text("NextVersionIdMarker", listing->next_version);
  }
  for (const auto& [info, latest] : listing->entries) {
    const auto* element = info.delete_marker ? "DeleteMarker" : "Version";
    xml.Open(element).Key("Key", info.key).Text("VersionId", info.version_id);
    xml.Text("IsLatest", latest ? "true" : "false");
    if (info.delete_marker) {
      xml.Text("LastModified", FormatRfc3339(info.modified_at));
    } else {
      AddObject(info, xml);
    }
    AddOwner(xml);
    xml.Close(element);
  }
  AddPrefixes(*listing, xml);
  return xml.Answer();
}

// The first region of all has no name here.
HttpResponse S3Endpoint::Location(const S3Request& request) {
  const auto& region = request.bucket_info.region;
  std::string out = "<LocationConstraint" + std::string(kXmlns);
  if (region != "us-east-1") out += XmlText(region);
  return XmlAnswer(out + "</LocationConstraint>");
}

HttpResponse S3Endpoint::Versioning(const S3Request& request) {
  Xml xml("VersioningConfiguration", false);
  using Versioning = BucketInfo::Versioning;
  const auto versioning = request.bucket_info.versioning;
  if (versioning == Versioning::kEnabled) xml.Text("Status", "Enabled");
  if (versioning == Versioning::kSuspended) xml.Text("Status", "Suspended");
  return xml.Answer();
}

}  // namespace scv::services
