// S3's HTTP interface over the object store.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
#ifndef SCV_SERVICES_S3_ENDPOINT_H_
#define SCV_SERVICES_S3_ENDPOINT_H_

#include <memory>
#include <string>

#include "aws/account.h"
#include "services/answers.h"
#include "services/credentials.h"
#include "services/disk_object_store.h"
#include "services/http_message.h"
#include "services/sigv4.h"
#include "services/uri.h"

namespace scv::services {

// One request, taken apart and let in.
struct S3Request {
  const HttpHead* head = nullptr;
  Uri uri;
  std::string bucket, key;  // "": the service; "": the bucket
  BucketInfo bucket_info;
  Caller caller;
  Millis now = 0;
  std::shared_ptr<const aws::DesiredState> state;

  std::string_view Query(std::string_view name) const { return uri.Get(name); }
  bool Has(std::string_view name) const { return uri.Has(name); }
};

class S3Endpoint {
 public:
  S3Endpoint(aws::Account& account, DiskObjectStore& store,
             std::shared_ptr<const Credentials> credentials)
      : account_(account), store_(store), credentials_(std::move(credentials)) {}

  // `bucket`: from the host's name, "" for path style. `region` is the endpoint's.
  std::unique_ptr<Exchange> Begin(const HttpHead& head, std::string region, std::string bucket);

 private:
  friend class S3Put;
  struct Entry;  // what is known of a request before it is carried out
  std::expected<S3Request, AwsError> Admit(const HttpHead& head, const std::string& region,
                                           std::string bucket, Authenticated& who,
                                           std::string_view payload_hash);
  std::expected<void, AwsError> Check(const S3Request& request, std::string action,
                                      std::string_view key, Headers context = {});
  std::expected<void, AwsError> CheckAll(const S3Request& request);
  std::unique_ptr<Exchange> Route(S3Request request, const Authenticated& who,
                                  std::string_view payload_hash);
  HttpResponse Carry(const S3Request& request, const std::string& body);

  HttpResponse ListBuckets(const S3Request& request);
  HttpResponse ListObjects(const S3Request& request);
  HttpResponse ListVersions(const S3Request& request);
  HttpResponse Location(const S3Request& request);
  HttpResponse Versioning(const S3Request& request);
  HttpResponse GetObject(const S3Request& request);
  HttpResponse DeleteObject(const S3Request& request);
  HttpResponse DeleteObjects(const S3Request& request, const std::string& body);
  HttpResponse CopyObject(const S3Request& request);
  HttpResponse CopyPart(const S3Request& request);
  HttpResponse CreateUpload(const S3Request& request);
  HttpResponse ListParts(const S3Request& request);
  HttpResponse CompleteUpload(const S3Request& request, const std::string& body);
  HttpResponse AbortUpload(const S3Request& request);
  // The object that x-amz-copy-source names, opened, its reading allowed.
  std::expected<DiskObjectStore::Opened, AwsError> CopySource(const S3Request& request);

  aws::Account& account_;
  DiskObjectStore& store_;
  const std::shared_ptr<const Credentials> credentials_;
};

// Shared by the operations.
AwsError NoSuchKey(const S3Request& request);
AwsError NoSuchUpload();
AwsError StoreError(const Error& error);
// What the request says of the object it puts: content type, metadata, system headers.
aws::ObjectInfo WantedInfo(const HttpHead& head);
HttpResponse EmptyAnswer(int status);
std::string Quoted(std::string_view etag);
// "0" to "n", else `otherwise`.
int CountOf(std::string_view text, int otherwise, int most);
// The action of IAM that a request needs, "s3:GetObject".
std::string ActionOf(const S3Request& request);

}  // namespace scv::services

#endif  // SCV_SERVICES_S3_ENDPOINT_H_
