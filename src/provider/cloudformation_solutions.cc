#include "provider/cloudformation_solutions.h"

#include <algorithm>
#include <cctype>

#include "provider/cloudformation_recorded.h"

namespace scv::provider::cloudformation {
namespace {

namespace json = boost::json;

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
constexpr std::size_t kUrlMax = 5120;
constexpr std::string_view kWaf = "aws-waf-security-automations.template";

// The path without what follows "?" and "#".
std::string PathOf(const std::string& url) { return url.substr(0, url.find_first_of("?#")); }

// "v4.1.0" of ".../v4.1.0/name.template"; "latest" where the path names no version.
std::string VersionIn(const std::string& url) {
  const auto path = PathOf(url);
  for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
    const auto part = path.substr(at + 1, path.find('/', at + 1) - at - 1);
    const bool version = part.size() > 1 && part.size() < 20 && part[0] == 'v' &&
                         std::all_of(part.begin() + 1, part.end(), [](unsigned char c) {
                           return std::isdigit(c) != 0 || c == '.';
                         });
    if (version) return part;
  }
  return "latest";
}

// Puts what a stack has into the state, one by one.
class Solution {
 public:
  explicit Solution(const StackChange& change)
      : change_(change), owner_{change.id, change.name, change.region} {}

  Result<Recorded> Record(const std::string& logical_id, const std::string& type,
                          json::object properties) {
    SCV_ASSIGN(auto recorded, Describe(owner_, logical_id, type, std::move(properties)));
    SCV_TRY(Keep(change_.state, owner_, logical_id, recorded));
    result_.resources.push_back(recorded.key);
    return recorded;
  }

  std::string Parameter(const std::string& name, std::string otherwise) const {
    const auto found = change_.parameters.find(name);
    return found == change_.parameters.end() ? otherwise : found->second;
  }

  StackResult result_;

 private:
  const StackChange& change_;
  Owner owner_;
};

// https://docs.aws.amazon.com/solutions/latest/security-automations-for-aws-waf/
Result<StackResult> MakeWaf(const StackChange& change) {
  Solution solution(change);
  const bool edge = solution.Parameter("EndpointType", "CloudFront") == "CloudFront";
  SCV_ASSIGN(const auto acl,
             solution.Record("WAFWebACL", "AWS::WAFv2::WebACL",
                             {{"Name", change.name}, {"Scope", edge ? "CLOUDFRONT" : "REGIONAL"}}));
  auto& outputs = solution.result_.outputs;
  outputs["WAFWebACL"] = acl.key.id;
  outputs["WAFWebACLArn"] = acl.Attribute("Arn");
  outputs["SolutionVersion"] = VersionIn(change.template_url);
  // A rate based rule needs no log.
  constexpr const char* kParser = "yes - Amazon Athena log parser";
  if (solution.Parameter("ActivateHttpFloodProtectionParam", kParser).ends_with(" log parser")) {
    SCV_ASSIGN(const auto logs, solution.Record("WafLogBucket", "AWS::S3::Bucket", {}));
    outputs["WafLogBucket"] = logs.key.id;
  }
  if (solution.Parameter("ActivateBadBotProtectionParam", "yes") != "yes") {
    return std::move(solution.result_);
  }
  SCV_ASSIGN(const auto api, solution.Record("ApiGatewayBadBot", "AWS::ApiGateway::RestApi", {}));
  outputs["BadBotHoneypotEndpoint"] = "https://" + api.key.id.substr(api.key.id.rfind('-') + 1) +
                                      ".execute-api." + change.region + ".amazonaws.com/ProdStage";
  return std::move(solution.result_);
}

}  // namespace

std::string UrlProblem(const std::string& url) {
  constexpr std::string_view kScheme = "https://";
  const bool fine = url.starts_with(kScheme) && url.size() > kScheme.size() &&
                    url.size() <= kUrlMax &&
                    std::ranges::all_of(url, [](unsigned char c) { return std::isgraph(c) != 0; });
  if (!fine) return "template_url must be https://… with up to 5,120 characters, as an S3 object's";
  const auto host = url.substr(kScheme.size(), url.find('/', kScheme.size()) - kScheme.size());
  if (host.find('@') == std::string::npos) return {};
  return "template_url must not have a user or a password in it";
}

std::string TemplateName(const std::string& url) {
  const auto path = PathOf(url);
  return path.substr(path.rfind('/') + 1);
}

std::string SolutionOf(const std::string& url) {
  return TemplateName(url) == kWaf ? "Security Automations for AWS WAF" : "";
}

Result<StackResult> MakeSolution(const StackChange& change) {
  if (const auto problem = UrlProblem(change.template_url); !problem.empty()) {
    return Fail(ErrorKind::kInvalid, problem);
  }
  if (TemplateName(change.template_url) == kWaf) return MakeWaf(change);
  Solution solution(change);
  SCV_TRY(solution.Record("Template", "AWS::CloudFormation::Stack",
                          {{"TemplateURL", PathOf(change.template_url)}}));
  return std::move(solution.result_);
}

}  // namespace scv::provider::cloudformation
