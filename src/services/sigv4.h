// Signature Version 4, verified.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
#ifndef SCV_SERVICES_SIGV4_H_
#define SCV_SERVICES_SIGV4_H_

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "services/credentials.h"
#include "services/http_message.h"
#include "services/uri.h"

namespace scv::services {

enum class AuthProblem {
  kMissing,           // no signature at all
  kMalformed,         // not to be read
  kUnknownKey,        // the access key id is nobody's
  kBadToken,          // the session token is not one of ours
  kExpired,           // temporary keys past their time
  kSkewed,            // signed too long ago, or in the future
  kMismatch,          // the signature is wrong
  kUnsigned,          // a header that must be signed is not
  kPresignedExpired,  // the address was good for a time that is over
  kWrongRegion,       // the scope names another region
  kWrongService,      // the scope names another service
};

// What a request says about its own signature.
struct SignatureClaim {
  std::string access_key_id = {}, date = {}, region = {}, service = {};
  std::vector<std::string> signed_headers = {};  // lower case, as listed
  std::string signature = {};                    // 64 hex digits
  std::string timestamp = {};                    // 20261122T060000Z
  std::string session_token = {};
  bool presigned = false;
  std::int64_t expires_seconds = 0;  // presigned
  std::string Scope() const { return date + "/" + region + "/" + service + "/aws4_request"; }
};

// nullopt: the request carries no signature.
std::expected<std::optional<SignatureClaim>, AuthProblem> ParseClaim(const HttpHead& head,
                                                                     const Uri& uri);

// The canonical request. `payload_hash` is what stands in its last line. S3's path is encoded once,
// everyone else's (which all are "/") twice.
std::string CanonicalRequest(const HttpHead& head, const Uri& uri, const SignatureClaim& claim,
                             std::string_view payload_hash);

std::string SigningKey(std::string_view secret, std::string_view date, std::string_view region,
                       std::string_view service);
// Hex, over "AWS4-HMAC-SHA256", the timestamp, the scope and the canonical request's hash.
std::string SignatureOf(std::string_view signing_key, const SignatureClaim& claim,
                        std::string_view canonical_request);

// Milliseconds of "20261122T060000Z".
std::optional<Millis> ParseAmzDate(std::string_view text);

// Whose signature it is.
struct Authenticated {
  Caller caller;
  SignatureClaim claim;
  std::string signing_key;  // for the chunks of a body
};
struct Expected {
  std::string_view service, region;
  Millis now = 0;
};
std::expected<Authenticated, AuthProblem> Authenticate(const HttpHead& head, const Uri& uri,
                                                       const SignatureClaim& claim,
                                                       std::string_view payload_hash,
                                                       const Credentials& credentials,
                                                       const Expected& expected);

}  // namespace scv::services

#endif  // SCV_SERVICES_SIGV4_H_
