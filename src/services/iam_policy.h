// Whether policies allow an action. Pure.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
#ifndef SCV_SERVICES_IAM_POLICY_H_
#define SCV_SERVICES_IAM_POLICY_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace scv::services {

// Condition keys in lower case → values.
using IamContext = std::map<std::string, std::vector<std::string>>;

struct IamRequest {
  std::string action;    // "s3:GetObject"
  std::string resource;  // its ARN; "*" where the action has none
  // Who asks, as resource policies name it: the role's ARN, the session's ARN, …; none: anonymous.
  std::vector<std::string> principals;
  std::string account;
  IamContext context;
};

enum class Verdict {
  kAllowed,
  kNotAllowed,  // nothing allows it
  kDenied,      // something denies it, whatever allows it
};

// Policy documents (JSON). What cannot be read or is not known to this function (an operator, a
// version) never allows; in a Deny it denies. In one account either kind of policy allows.
Verdict Evaluate(const std::vector<std::string>& identity_policies,
                 const std::vector<std::string>& resource_policies, const IamRequest& request);

// "*" any text, "?" any character.
bool MatchesWildcard(std::string_view pattern, std::string_view text);

}  // namespace scv::services

#endif  // SCV_SERVICES_IAM_POLICY_H_
