#include "render/powerdns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "lab/geography.h"

namespace scv::render {

std::string PowerDnsConfiguration(const PowerDnsSettings& settings) {
  return fmt::format(
      "launch=gsqlite3\n"
      "gsqlite3-database={}\n"
      "gsqlite3-dnssec=no\n"
      "local-address={}\n"
      "local-port=53\n"
      "socket-dir={}\n"
      "daemon=no\n"
      "guardian=no\n"
      "disable-syslog=yes\n"
      "log-timestamp=yes\n"
      "loglevel=4\n"
      "cache-ttl=0\n"
      "query-cache-ttl=0\n"
      "negquery-cache-ttl=0\n"
      "zone-cache-refresh-interval=0\n"
      "edns-subnet-processing=yes\n"
      "enable-lua-records=yes\n"
      "receiver-threads=1\n"
      "distributor-threads=1\n"
      "retrieval-threads=1\n"
      "security-poll-suffix=\n"
      "version-string=anonymous\n"
      "api=no\n"
      "webserver=no\n",
      settings.database, fmt::join(settings.addresses, ","), settings.run_directory);
}

namespace {

// In a record's content neither quotes nor backslashes can be written in the program; addresses and
// names need neither.
bool IsPlain(std::string_view value) {
  return !value.empty() && std::ranges::all_of(value, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == ':' || c == '-' || c == '_' || c == '*';
  });
}

bool ArePlain(const std::vector<std::string>& values) {
  return std::ranges::all_of(values, IsPlain);
}

std::string Table(const std::vector<std::string>& values) {
  return values.empty() ? "{}" : fmt::format("{{'{}'}}", fmt::join(values, "','"));
}

const std::vector<std::string>& ValuesAt(const lab::RecordSpec& record,
                                         const lab::Locality& locality) {
  const auto& at = record.by_location;
  if (const auto country = at.find(std::string(locality.country)); country != at.end()) {
    return country->second;
  }
  const auto continent =
      at.find(std::string(lab::kContinentPrefix) + std::string(locality.continent));
  return continent == at.end() ? record.values : continent->second;
}

}  // namespace

std::optional<std::string> LocatedRecord(const lab::RecordSpec& record) {
  const bool known = record.type == "A" || record.type == "AAAA" || record.type == "CNAME";
  if (!known || record.by_location.empty() || !ArePlain(record.values)) return std::nullopt;
  std::map<std::vector<std::string>, std::vector<std::string>> networks;  // by values
  for (const auto& locality : lab::kGeography) {
    const auto& values = ValuesAt(record, locality);
    if (!ArePlain(values)) return std::nullopt;
    if (values != record.values) networks[values].emplace_back(locality.prefix);
  }
  std::string program;
  for (const auto& [values, prefixes] : networks) {
    program += fmt::format("if netmask({}) then return {} end ", Table(prefixes), Table(values));
  }
  return fmt::format("{} \";{}return {}\"", record.type, program, Table(record.values));
}

}  // namespace scv::render
