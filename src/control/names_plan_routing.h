// Which of the records of one name are answered: Route 53's routing policies. Pure.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
#ifndef SCV_CONTROL_NAMES_PLAN_ROUTING_H_
#define SCV_CONTROL_NAMES_PLAN_ROUTING_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/views_names.h"

namespace scv::control {

// What is answered for one name and type.
struct NameAnswer {
  int ttl = 60;                     // seconds, at the lab's pace
  std::vector<std::string> values;  // as in a zone file; with `by_location`: the default's
  std::map<std::string, std::vector<std::string>> by_location;  // as RecordSpec has it
  bool healthy = true;
};

// One record of the set, and what it would answer; nothing: its alias leads nowhere.
struct NameVariant {
  const aws::DnsRecord* record = nullptr;
  std::optional<NameAnswer> answer;
};

// Failover: the primary while it is healthy, then the secondary if that is, else the primary.
// Weighted and multivalue: the values of all healthy ones together (of all if none is healthy).
// Geolocation: for each place the most specific healthy one. Nothing: none can be answered.
// All have the policy of the first.
std::optional<NameAnswer> Choose(const std::vector<NameVariant>& set);

// What of a record's policy, or of where its alias leads, the lab does not do; "": nothing.
std::string NotServed(const aws::DnsRecord& record);     // the record is left out
std::string Approximated(const aws::DnsRecord& record);  // it is answered, but not exactly so

}  // namespace scv::control

#endif  // SCV_CONTROL_NAMES_PLAN_ROUTING_H_
