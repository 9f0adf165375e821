#include "aws/arn.h"

#include <array>

namespace scv::aws {

std::optional<Arn> ParseArn(std::string_view text) {
  std::array<std::string_view, 5> parts;
  for (auto& part : parts) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return {};
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (parts[0] != "arn" || parts[1].empty() || parts[2].empty() || text.empty()) return {};
  return Arn{.partition = std::string(parts[1]),
             .service = std::string(parts[2]),
             .region = std::string(parts[3]),
             .account = std::string(parts[4]),
             .resource = std::string(text)};
}

std::string ToString(const Arn& arn) {
  std::string text = "arn:";
  for (const auto* part : {&arn.partition, &arn.service, &arn.region, &arn.account}) {
    text += *part;
    text += ':';
  }
  return text + arn.resource;
}

std::string_view LastPart(std::string_view arn) {
  const auto end = arn.find_last_of(":/");
  return end == std::string_view::npos ? arn : arn.substr(end + 1);
}

}  // namespace scv::aws
