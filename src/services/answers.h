// Answers in the forms of AWS's protocols.
#ifndef SCV_SERVICES_ANSWERS_H_
#define SCV_SERVICES_ANSWERS_H_

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "services/http_message.h"
#include "services/sigv4.h"

namespace scv::services {

// A refusal, in whichever protocol it is told.
struct AwsError {
  int status = 400;
  std::string code;     // "NoSuchKey"
  std::string message;  // for people; no secret
  Headers headers = {};
  std::vector<std::pair<std::string, std::string>> details = {};  // further elements in XML
};

std::string XmlText(std::string_view text);  // escaped
HttpResponse XmlAnswer(std::string body, int status = 200);
HttpResponse S3Failure(const AwsError& error, std::string_view resource);
// S3's words for what is wrong with a signature.
AwsError S3Error(AuthProblem problem, std::string_view region);

HttpResponse JsonAnswer(const boost::json::value& body);
HttpResponse JsonFailure(const AwsError& error);
AwsError JsonError(AuthProblem problem);

HttpResponse QueryFailure(const AwsError& error);
AwsError QueryError(AuthProblem problem);

HttpResponse TextAnswer(int status, std::string body);

}  // namespace scv::services

#endif  // SCV_SERVICES_ANSWERS_H_
