// S3: buckets and objects are the object store's.
#include <filesystem>
#include <map>

#include "aws/base64.h"
#include "provider/hooks.h"

namespace scv::provider {
namespace {

// Versions of one object that a destroy removes, at most.
constexpr int kVersionsMax = 1000;

Result<void> Ignore(ErrorKind kind, Result<void> result) {
  if (!result.has_value() && result.error().kind == kind) return {};
  return result;
}

// Bucket names are unique among all regions.
Result<void> CheckName(const aws::DesiredState& state, HookContext& context) {
  if (!context.creating()) return {};
  for (const auto& other : state.List("aws_s3_bucket")) {
    if (other->key.id == context.attributes["bucket"].Text()) {
      return Fail(ErrorKind::kConflict, "a bucket of this name exists in " + other->key.region +
                                            " (BucketAlreadyOwnedByYou). Bucket names are unique "
                                            "among all regions");
    }
  }
  return {};
}

Result<void> CreateBucket(HookContext& context) {
  if (!context.creating()) return {};
  return context.services.objects->CreateBucket(context.key.id, context.region);
}

Result<void> DeleteBucket(HookContext& context) {
  auto& objects = *context.services.objects;
  if (context.attributes["force_destroy"].Flag()) {
    SCV_TRY(Ignore(ErrorKind::kNotFound, objects.EmptyBucket(context.key.id)));
  }
  auto deleted = Ignore(ErrorKind::kNotFound, objects.DeleteBucket(context.key.id));
  if (!deleted.has_value() && deleted.error().kind == ErrorKind::kConflict) {
    return Fail(ErrorKind::kConflict,
                "the bucket is not empty (BucketNotEmpty). Empty it, or apply "
                "force_destroy = true first");
  }
  return deleted;
}

Result<void> SetVersioning(HookContext& context) {
  const auto& blocks = context.attributes["versioning_configuration"].Items();
  const bool enabled = !blocks.empty() && blocks.front()["status"].Text() == "Enabled";
  return context.services.objects->SetVersioning(context.attributes["bucket"].Text(), enabled);
}

Result<void> StopVersioning(HookContext& context) {
  return Ignore(ErrorKind::kNotFound, context.services.objects->SetVersioning(
                                          context.attributes["bucket"].Text(), false));
}

aws::ObjectInfo Wanted(const Value& attributes) {
  aws::ObjectInfo info;
  info.content_type = attributes["content_type"].Text();
  if (info.content_type.empty()) info.content_type = "application/octet-stream";
  for (const auto& [name, value] : attributes["metadata"].Fields()) {
    info.metadata["x-amz-meta-" + name] = value.Text();
  }
  const std::pair<const char*, const char*> headers[] = {
      {"cache_control", "Cache-Control"},
      {"content_disposition", "Content-Disposition"},
      {"content_encoding", "Content-Encoding"},
      {"content_language", "Content-Language"},
      {"website_redirect", "x-amz-website-redirect-location"}};
  for (const auto& [name, header] : headers) {
    if (!attributes[name].Text().empty()) info.metadata[header] = attributes[name].Text();
  }
  return info;
}

Result<aws::ObjectInfo> Put(HookContext& context) {
  const auto& attributes = context.attributes;
  auto& objects = *context.services.objects;
  const auto& bucket = attributes["bucket"].Text();
  const auto& key = attributes["key"].Text();
  if (const auto& source = attributes["source"].Text(); !source.empty()) {
    if (!std::filesystem::path(source).is_absolute()) {
      return Fail(ErrorKind::kInvalid,
                  "source must be an absolute path, because the lab is not in "
                  "Terraform's directory: write abspath(\"" +
                      source + "\")");
    }
    return objects.PutFile(bucket, key, source, Wanted(attributes));
  }
  if (const auto& encoded = attributes["content_base64"].Text(); !encoded.empty()) {
    const auto bytes = aws::DecodeBase64(encoded);
    if (!bytes) return Fail(ErrorKind::kInvalid, "content_base64 is not base 64");
    return objects.PutBytes(bucket, key, *bytes, Wanted(attributes));
  }
  return objects.PutBytes(bucket, key, attributes["content"].Text(), Wanted(attributes));
}

Result<void> Upload(HookContext& context) {
  bool changed = context.creating();
  for (const auto* name : {"source", "source_hash", "content", "content_base64", "content_type",
                           "metadata", "cache_control", "content_disposition", "content_encoding",
                           "content_language", "website_redirect"}) {
    changed = changed || context.attributes[name] != context.prior[name];
  }
  if (!changed) return {};
  SCV_ASSIGN(const auto info, Put(context));
  auto& attributes = context.attributes;
  attributes.At("version_id") = Value(info.version_id);
  if (attributes["etag"].is_unknown()) attributes.At("etag") = Value(info.etag);
  return {};
}

Result<void> DeleteObject(HookContext& context) {
  auto& objects = *context.services.objects;
  const auto& bucket = context.attributes["bucket"].Text();
  const auto& key = context.attributes["key"].Text();
  for (int i = 0; i < kVersionsMax; ++i) {
    const auto found = objects.Head(bucket, key);
    if (!found.has_value()) {
      if (found.error().kind == ErrorKind::kNotFound) return {};
      return std::unexpected(found.error());
    }
    const std::string version = found->version_id == "null" ? "" : found->version_id;
    SCV_TRY(Ignore(ErrorKind::kNotFound, objects.Delete(bucket, key, version)));
  }
  return {};
}

}  // namespace

const Hooks* ObjectsHooks(std::string_view type) {
  static const std::map<std::string_view, Hooks> kHooks{
      {"aws_s3_bucket", {.fill = CheckName, .store = CreateBucket, .prepare_delete = DeleteBucket}},
      {"aws_s3_bucket_versioning", {.store = SetVersioning, .deleted = StopVersioning}},
      {"aws_s3_object", {.prepare = Upload, .prepare_delete = DeleteObject}},
  };
  const auto found = kHooks.find(type);
  return found == kHooks.end() ? nullptr : &found->second;
}

}  // namespace scv::provider
