// Stacks whose template is only named by its URL. The lab fetches nothing from the Internet: it
// records such a stack as a whole, and knows the outputs of the solutions that are listed here.
#ifndef SCV_PROVIDER_CLOUDFORMATION_SOLUTIONS_H_
#define SCV_PROVIDER_CLOUDFORMATION_SOLUTIONS_H_

#include <string>

#include "base/result.h"
#include "provider/cloudformation_stack.h"

namespace scv::provider::cloudformation {

// "": what CloudFormation takes, https://… with up to 5,120 characters. Else what is wrong.
std::string UrlProblem(const std::string& url);

// "a-solution.template" of "https://…/v1.2.3/a-solution.template?versionId=x".
std::string TemplateName(const std::string& url);

// "Security Automations for AWS WAF"; "": the lab knows nothing of the outputs.
std::string SolutionOf(const std::string& url);

// Records the stack: the resources that other parts of a configuration refer to, and the outputs,
// of a solution that is known; one AWS::CloudFormation::Stack without outputs for another template.
Result<StackResult> MakeSolution(const StackChange& change);

}  // namespace scv::provider::cloudformation

#endif  // SCV_PROVIDER_CLOUDFORMATION_SOLUTIONS_H_
