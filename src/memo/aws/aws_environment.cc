#include "memo/aws/aws_environment.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string_view>

namespace scv::memo {
namespace {

constexpr const char* kMetadataIpv4 = "http://169.254.169.254";
constexpr const char* kMetadataIpv6 = "http://[fd00:ec2::254]";
constexpr std::size_t kUrlBytesMax = 2048;

class Variables {
 public:
  explicit Variables(const GetVariable& get) : get_(get) {}

  std::string_view operator[](const char* name) const {
    const char* value = get_(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
  }
  // AWS spells a switch "true", in any case.
  bool IsTrue(const char* name) const {
    return std::ranges::equal((*this)[name], std::string_view("true"), {},
                              [](unsigned char c) { return std::tolower(c); });
  }

 private:
  const GetVariable& get_;
};

bool IsBaseUrl(std::string_view url) {
  const bool has_host = (url.starts_with("http://") && url.size() > 7) ||
                        (url.starts_with("https://") && url.size() > 8);
  return has_host && url.size() <= kUrlBytesMax && std::ranges::all_of(url, [](unsigned char c) {
           return c > 0x20 && c < 0x7f && c != '@' && c != '?' && c != '#' && c != '\\';
         });
}

// The base URL in the variable, without trailing '/', or empty.
Result<std::string> BaseUrl(const Variables& variables, const char* name) {
  std::string_view url = variables[name];
  if (url.empty()) {
    return std::string();
  }
  while (url.ends_with('/')) {
    url.remove_suffix(1);
  }
  if (!IsBaseUrl(url)) {
    return Fail(ErrorKind::kInvalid,
                std::string(name) + " must be an http:// or https:// URL without user or query");
  }
  return std::string(url);
}

Result<std::string> SecretsManagerEndpoint(const Variables& variables) {
  if (variables.IsTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) {
    return std::string();
  }
  constexpr const char* kOwn = "AWS_ENDPOINT_URL_SECRETS_MANAGER";
  return BaseUrl(variables, variables[kOwn].empty() ? "AWS_ENDPOINT_URL" : kOwn);
}

Result<std::string> MetadataEndpoint(const Variables& variables) {
  SCV_ASSIGN(std::string url, BaseUrl(variables, "AWS_EC2_METADATA_SERVICE_ENDPOINT"));
  if (!url.empty()) {
    return url;
  }
  const std::string_view mode = variables["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"];
  return std::string(mode == "IPv6" || mode == "ipv6" ? kMetadataIpv6 : kMetadataIpv4);
}

Result<std::optional<StaticCredentials>> Credentials(const Variables& variables) {
  const std::string_view id = variables["AWS_ACCESS_KEY_ID"];
  const std::string_view key = variables["AWS_SECRET_ACCESS_KEY"];
  if (id.empty() && key.empty()) {
    return std::nullopt;
  }
  if (id.empty() || key.empty()) {
    return Fail(ErrorKind::kInvalid,
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together");
  }
  return StaticCredentials{std::string(id), Secret(key), Secret(variables["AWS_SESSION_TOKEN"])};
}

}  // namespace

bool IsRegionName(std::string_view region) {
  return !region.empty() && region.size() <= 32 && std::ranges::all_of(region, [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Result<AwsEnvironment> ReadAwsEnvironment(const GetVariable& get) {
  const Variables variables(get);
  AwsEnvironment environment;
  const bool has_region = !variables["AWS_REGION"].empty();
  environment.region = variables[has_region ? "AWS_REGION" : "AWS_DEFAULT_REGION"];
  if (!environment.region.empty() && !IsRegionName(environment.region)) {
    return Fail(ErrorKind::kInvalid, "AWS_REGION is not the name of a region");
  }
  environment.ca_file = variables["AWS_CA_BUNDLE"];
  environment.metadata_disabled = variables.IsTrue("AWS_EC2_METADATA_DISABLED");
  SCV_ASSIGN(environment.secrets_manager_endpoint, SecretsManagerEndpoint(variables));
  SCV_ASSIGN(environment.metadata_endpoint, MetadataEndpoint(variables));
  SCV_ASSIGN(environment.credentials, Credentials(variables));
  return environment;
}

Result<AwsEnvironment> ReadAwsEnvironment() {
  return ReadAwsEnvironment([](const char* name) { return std::getenv(name); });
}

}  // namespace scv::memo
