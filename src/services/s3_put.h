// PutObject and UploadPart: a body that goes to disk as it arrives.
#ifndef SCV_SERVICES_S3_PUT_H_
#define SCV_SERVICES_S3_PUT_H_

#include <memory>

#include "services/s3_endpoint.h"
#include "services/s3_payload.h"

namespace scv::services {

// The request has been let in; the object is as it was until the answer says otherwise.
std::unique_ptr<Exchange> BeginPut(DiskObjectStore& store, S3Request request, S3Payload payload);

}  // namespace scv::services

#endif  // SCV_SERVICES_S3_PUT_H_
