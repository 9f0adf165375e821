#include "services/answers.h"

#include <boost/json/serialize.hpp>

#include "services/bytes.h"

namespace scv::services {
namespace {

namespace json = boost::json;

constexpr std::string_view kXml = R"(<?xml version="1.0" encoding="UTF-8"?>)";

std::string RequestId() { return Hex(RandomBytes(8)); }

void AddElement(std::string& out, std::string_view name, std::string_view text) {
  out.append("<").append(name).append(">").append(XmlText(text));
  out.append("</").append(name).append(">");
}

}  // namespace

// Control characters that XML 1.0 has no form for become U+FFFD.
std::string XmlText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') {
          out += "\xef\xbf\xbd";
        } else {
          out += c;
        }
    }
  }
  return out;
}

HttpResponse XmlAnswer(std::string body, int status) {
  HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", "application/xml"}, {"x-amz-request-id", RequestId()}};
  response.body = std::string(kXml) + "\n" + std::move(body);
  return response;
}

HttpResponse S3Failure(const AwsError& error, std::string_view resource) {
  std::string body = "<Error>";
  AddElement(body, "Code", error.code);
  AddElement(body, "Message", error.message);
  for (const auto& [name, text] : error.details) AddElement(body, name, text);
  AddElement(body, "Resource", resource);
  const auto id = RequestId();
  AddElement(body, "RequestId", id);
  auto response = XmlAnswer(body + "</Error>", error.status);
  response.headers.insert(response.headers.end(), error.headers.begin(), error.headers.end());
  return response;
}

AwsError S3Error(AuthProblem problem, std::string_view region) {
  switch (problem) {
    case AuthProblem::kMissing:
      return {403, "AccessDenied", "Access Denied"};
    case AuthProblem::kMalformed:
      return {400, "AuthorizationHeaderMalformed",
              "The authorization header or query is not a valid AWS4-HMAC-SHA256 signature."};
    case AuthProblem::kUnknownKey:
      return {403, "InvalidAccessKeyId", "The access key id you provided does not exist here."};
    case AuthProblem::kBadToken:
      return {400, "InvalidToken", "The provided token is malformed or otherwise not valid."};
    case AuthProblem::kExpired:
      return {400, "ExpiredToken", "The provided token has expired."};
    case AuthProblem::kSkewed:
      return {403, "RequestTimeTooSkewed",
              "The difference between the request time and the current time is too large."};
    case AuthProblem::kMismatch:
      return {403, "SignatureDoesNotMatch",
              "The signature calculated from the request differs from the one provided. Check the "
              "secret access key and how the request is signed."};
    case AuthProblem::kUnsigned:
      return {403, "AccessDenied",
              "There were headers present in the request which were not signed"};
    case AuthProblem::kPresignedExpired:
      return {403, "AccessDenied", "Request has expired"};
    case AuthProblem::kWrongRegion:
      return {400,
              "AuthorizationHeaderMalformed",
              "The authorization header is malformed; the region is wrong; expecting '" +
                  std::string(region) + "'",
              {{"x-amz-bucket-region", std::string(region)}},
              {{"Region", std::string(region)}}};
    case AuthProblem::kWrongService:
      return {400, "AuthorizationHeaderMalformed",
              "The authorization header is malformed; incorrect service. This endpoint belongs to "
              "\"s3\"."};
  }
  return {500, "InternalError", "an unknown problem with the signature"};
}

HttpResponse JsonAnswer(const json::value& body) {
  HttpResponse response;
  response.headers = {{"Content-Type", "application/x-amz-json-1.1"},
                      {"x-amzn-RequestId", RequestId()}};
  response.body = json::serialize(body);
  return response;
}

HttpResponse JsonFailure(const AwsError& error) {
  auto response = JsonAnswer(json::object{{"__type", error.code}, {"Message", error.message}});
  response.status = error.status;
  return response;
}

AwsError JsonError(AuthProblem problem) {
  switch (problem) {
    case AuthProblem::kMissing:
      return {400, "MissingAuthenticationTokenException", "Missing Authentication Token"};
    case AuthProblem::kMalformed:
    case AuthProblem::kUnsigned:
      return {400, "IncompleteSignatureException", "The signature is incomplete or malformed."};
    case AuthProblem::kUnknownKey:
    case AuthProblem::kBadToken:
      return {400, "UnrecognizedClientException",
              "The security token included in the request is invalid."};
    case AuthProblem::kExpired:
      return {400, "ExpiredTokenException",
              "The security token included in the request is expired"};
    case AuthProblem::kSkewed:
    case AuthProblem::kPresignedExpired:
      return {400, "InvalidSignatureException", "Signature expired, or not yet current."};
    case AuthProblem::kWrongRegion:
    case AuthProblem::kWrongService:
      return {400, "InvalidSignatureException",
              "Credential should be scoped to this endpoint's region and service."};
    case AuthProblem::kMismatch:
      break;
  }
  return {400, "InvalidSignatureException",
          "The request signature we calculated does not match the signature you provided."};
}

HttpResponse QueryFailure(const AwsError& error) {
  std::string body = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>";
  AddElement(body, "Type", "Sender");
  AddElement(body, "Code", error.code);
  AddElement(body, "Message", error.message);
  body += "</Error>";
  AddElement(body, "RequestId", RequestId());
  auto response = XmlAnswer(body + "</ErrorResponse>", error.status);
  response.headers[0].second = "text/xml";
  return response;
}

AwsError QueryError(AuthProblem problem) {
  auto error = JsonError(problem);
  error.status = 403;
  if (error.code == "UnrecognizedClientException") error.code = "InvalidClientTokenId";
  if (error.code == "InvalidSignatureException") error.code = "SignatureDoesNotMatch";
  if (error.code.ends_with("Exception")) error.code.resize(error.code.size() - 9);
  return error;
}

HttpResponse TextAnswer(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", "text/plain"}};
  response.body = std::move(body);
  return response;
}

}  // namespace scv::services
