// Base 64 (RFC 4648 section 4) as Terraform's base64encode writes user data.
#ifndef SCV_AWS_BASE64_H_
#define SCV_AWS_BASE64_H_

#include <optional>
#include <string>
#include <string_view>

namespace scv::aws {

// Line breaks are skipped, padding may be missing. nullopt: another character, or a rest that no
// byte ends in.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace scv::aws

#endif  // SCV_AWS_BASE64_H_
