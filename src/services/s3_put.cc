#include "services/s3_put.h"

#include "services/bytes.h"

namespace scv::services {
namespace {

constexpr int kPartsMax = 10000;

class Put final : public Exchange {
 public:
  Put(DiskObjectStore& store, S3Request request, S3Payload payload, BlobDraft draft)
      : store_(store),
        request_(std::move(request)),
        payload_(std::move(payload)),
        draft_(std::move(draft)) {}

  bool Write(std::string_view bytes) override {
    return payload_.Write(bytes, [this](std::string_view piece) {
      md5_.Add(piece);
      return draft_.Write(piece).has_value();
    });
  }

  HttpResponse Finish() override {
    auto checked = payload_.Finish();
    if (!checked) return S3Failure(checked.error(), request_.uri.path);
    auto response = request_.Has("uploadId") ? KeepPart() : KeepObject(*checked);
    if (response.status != 200) return response;
    for (auto& header : *checked) response.headers.push_back(std::move(header));
    return response;
  }

 private:
  HttpResponse Failure(const AwsError& error) { return S3Failure(error, request_.uri.path); }

  HttpResponse KeepObject(const Headers& checksums) {
    if (request_.head->Header("if-none-match") == "*" &&
        store_.Head(request_.bucket, request_.key, "")) {
      return Failure({412, "PreconditionFailed", "There is such an object already."});
    }
    auto wanted = WantedInfo(*request_.head);
    wanted.etag = Hex(md5_.Finish());
    for (const auto& [name, value] : checksums) wanted.metadata[name] = value;
    const auto kept =
        store_.Keep(request_.bucket, request_.key, std::move(draft_), std::move(wanted));
    if (!kept) return Failure(StoreError(kept.error()));
    auto response = EmptyAnswer(200);
    response.headers.emplace_back("ETag", Quoted(kept->etag));
    response.headers.emplace_back("x-amz-server-side-encryption", "AES256");
    if (kept->version_id != "null") {
      response.headers.emplace_back("x-amz-version-id", kept->version_id);
    }
    return response;
  }

  HttpResponse KeepPart() {
    const int number = CountOf(request_.Query("partNumber"), 0, kPartsMax + 1);
    if (number < 1 || number > kPartsMax) {
      return Failure({400, "InvalidArgument", "Part number must be between 1 and 10000."});
    }
    const auto upload =
        store_.FindUpload(request_.bucket, request_.key, request_.Query("uploadId"));
    if (!upload) return Failure(NoSuchUpload());
    const UploadPart part{.number = number, .etag = Hex(md5_.Finish())};
    const auto kept = store_.KeepPart(*upload, part, std::move(draft_));
    if (!kept) {
      return Failure(kept.error().kind == ErrorKind::kNotFound ? NoSuchUpload()
                                                               : StoreError(kept.error()));
    }
    auto response = EmptyAnswer(200);
    response.headers.emplace_back("ETag", Quoted(part.etag));
    return response;
  }

  DiskObjectStore& store_;
  const S3Request request_;
  S3Payload payload_;
  BlobDraft draft_;
  Digest md5_{EVP_md5()};
};

}  // namespace

std::unique_ptr<Exchange> BeginPut(DiskObjectStore& store, S3Request request, S3Payload payload) {
  auto draft = store.NewDraft();
  if (!draft) {
    return std::make_unique<ReadyAnswer>(S3Failure(StoreError(draft.error()), request.uri.path));
  }
  return std::make_unique<Put>(store, std::move(request), std::move(payload), std::move(*draft));
}

}  // namespace scv::services
