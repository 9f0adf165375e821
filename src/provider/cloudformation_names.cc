#include "provider/cloudformation_names.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <charconv>
#include <optional>
#include <set>

#include "provider/cloudformation_reading.h"
#include "provider/conform.h"
#include "provider/schema.h"

namespace scv::provider::cloudformation {
namespace {

namespace json = boost::json;

constexpr std::string_view kHealthCheck = "AWS::Route53::HealthCheck";
constexpr std::string_view kRecord = "AWS::Route53::RecordSet";
constexpr std::string_view kGroup = "AWS::Route53::RecordSetGroup";
constexpr std::size_t kRecordsMax = 500;

// Takes a map's entries one by one; what nobody took is unknown.
class Reader {
 public:
  Reader(const json::object& from, std::string where) : from_(from), where_(std::move(where)) {}

  Result<Value> Text(std::string_view name, bool required = false) {
    const auto* found = Take(name);
    if (found == nullptr && !required) return Value();
    if (found == nullptr) return Wrong(where_, std::string(name) + " is missing");
    if (!found->is_string()) return Wrong(where_, std::string(name) + " must be a text");
    return Value(std::string(found->get_string()));
  }

  Result<Value> Number(std::string_view name) {
    SCV_ASSIGN(const auto text, Text(name));
    if (text.is_null()) return Value();
    const auto& digits = text.Text();
    std::int64_t number = 0;
    const auto [end, failed] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (failed == std::errc() && end == digits.data() + digits.size()) return Value(number);
    return Wrong(where_, std::string(name) + " must be a whole number");
  }

  Result<Value> Flag(std::string_view name) {
    SCV_ASSIGN(const auto text, Text(name));
    if (text.is_null()) return Value();
    if (text.Text() == "true") return Value(true);
    if (text.Text() == "false") return Value(false);
    return Wrong(where_, std::string(name) + " must be true or false");
  }

  Result<Value> Texts(std::string_view name) {
    const auto* found = Take(name);
    if (found == nullptr) return Value();
    if (!found->is_array()) return Wrong(where_, std::string(name) + " must be a list");
    Value::List list;
    for (const auto& one : found->get_array()) {
      if (!one.is_string()) return Wrong(where_, std::string(name) + " must be a list of texts");
      list.emplace_back(std::string(one.get_string()));
    }
    return Value(std::move(list));
  }

  Result<const json::object*> Map(std::string_view name, bool required = false) {
    const auto* found = Take(name);
    if (found == nullptr && !required) return nullptr;
    if (found == nullptr) return Wrong(where_, std::string(name) + " is missing");
    if (!found->is_object()) return Wrong(where_, std::string(name) + " must be a map");
    return &found->get_object();
  }

  Result<const json::array*> List(std::string_view name) {
    const auto* found = Take(name);
    if (found == nullptr) return nullptr;
    if (!found->is_array()) return Wrong(where_, std::string(name) + " must be a list");
    return &found->get_array();
  }

  Result<void> Done() const {
    for (const auto& [name, value] : from_) {
      if (taken_.contains(name)) continue;
      return Wrong(where_,
                   "the lab does not support the property " + std::string(name).substr(0, 80));
    }
    return {};
  }

 private:
  const json::value* Take(std::string_view name) {
    taken_.insert(std::string(name));
    return from_.if_contains(name);
  }

  const json::object& from_;
  std::string where_;
  std::set<std::string, std::less<>> taken_;
};

Value Block(Value::Object fields) { return Value(Value::List{Value(std::move(fields))}); }

Value Fitting(const char* type, Value::Object fields) {
  return Conform(Value(std::move(fields)), TheSchema().resources.at(type));
}

// --- AWS::Route53::HealthCheck -------------------------------------------------------------------

Result<Value> Tags(Reader& reader, const std::string& where) {
  SCV_ASSIGN(const auto* list, reader.List("HealthCheckTags"));
  if (list == nullptr) return Value();
  Value::Object tags;
  for (const auto& one : *list) {
    if (!one.is_object()) return Wrong(where, "HealthCheckTags must be maps");
    Reader tag(one.get_object(), where + ".HealthCheckTags");
    SCV_ASSIGN(const auto key, tag.Text("Key", true));
    SCV_ASSIGN(tags[key.Text()], tag.Text("Value", true));
    SCV_TRY(tag.Done());
  }
  return Value(std::move(tags));
}

Result<void> ReadAlarm(Reader& config, const std::string& where, Value::Object& fields) {
  SCV_ASSIGN(const auto* alarm, config.Map("AlarmIdentifier"));
  if (alarm == nullptr) return {};
  Reader reader(*alarm, where + ".AlarmIdentifier");
  SCV_ASSIGN(fields["cloudwatch_alarm_name"], reader.Text("Name", true));
  SCV_ASSIGN(fields["cloudwatch_alarm_region"], reader.Text("Region", true));
  return reader.Done();
}

Result<std::vector<Piece>> HealthCheck(const std::string& where, const json::object& properties) {
  Reader reader(properties, where);
  SCV_ASSIGN(const auto* given, reader.Map("HealthCheckConfig", true));
  Value::Object fields;
  SCV_ASSIGN(fields["tags"], Tags(reader, where));
  SCV_TRY(reader.Done());
  const auto inside = where + ".HealthCheckConfig";
  Reader config(*given, inside);
  SCV_ASSIGN(fields["type"], config.Text("Type", true));
  for (const auto& [attribute, name] :
       {std::pair{"fqdn", "FullyQualifiedDomainName"}, std::pair{"ip_address", "IPAddress"},
        std::pair{"resource_path", "ResourcePath"}, std::pair{"search_string", "SearchString"},
        std::pair{"insufficient_data_health_status", "InsufficientDataHealthStatus"},
        std::pair{"routing_control_arn", "RoutingControlArn"}}) {
    SCV_ASSIGN(fields[attribute], config.Text(name));
  }
  for (const auto& [attribute, name] :
       {std::pair{"port", "Port"}, std::pair{"request_interval", "RequestInterval"},
        std::pair{"failure_threshold", "FailureThreshold"},
        std::pair{"child_health_threshold", "HealthThreshold"}}) {
    SCV_ASSIGN(fields[attribute], config.Number(name));
  }
  for (const auto& [attribute, name] :
       {std::pair{"enable_sni", "EnableSNI"}, std::pair{"invert_healthcheck", "Inverted"},
        std::pair{"measure_latency", "MeasureLatency"}}) {
    SCV_ASSIGN(fields[attribute], config.Flag(name));
  }
  SCV_ASSIGN(fields["regions"], config.Texts("Regions"));
  SCV_ASSIGN(fields["child_healthchecks"], config.Texts("ChildHealthChecks"));
  SCV_TRY(ReadAlarm(config, inside, fields));
  SCV_TRY(config.Done());
  constexpr const char* kType = "aws_route53_health_check";
  return std::vector<Piece>{{"", kType, Fitting(kType, std::move(fields))}};
}

// --- AWS::Route53::RecordSet ---------------------------------------------------------------------

Result<void> ReadAlias(Reader& reader, const std::string& where, Value::Object& fields) {
  SCV_ASSIGN(const auto* alias, reader.Map("AliasTarget"));
  if (alias == nullptr) return {};
  Reader target(*alias, where + ".AliasTarget");
  Value::Object block;
  SCV_ASSIGN(block["name"], target.Text("DNSName", true));
  SCV_ASSIGN(block["zone_id"], target.Text("HostedZoneId", true));
  SCV_ASSIGN(auto evaluate, target.Flag("EvaluateTargetHealth"));
  block["evaluate_target_health"] = evaluate.is_null() ? Value(false) : evaluate;
  fields["alias"] = Block(std::move(block));
  return target.Done();
}

Result<void> ReadPolicy(Reader& reader, const std::string& where, Value::Object& fields) {
  SCV_ASSIGN(const auto failover, reader.Text("Failover"));
  if (!failover.is_null()) {
    if (failover.Text() != "PRIMARY" && failover.Text() != "SECONDARY") {
      return Wrong(where, "Failover must be PRIMARY or SECONDARY");
    }
    fields["failover_routing_policy"] = Block({{"type", failover}});
  }
  SCV_ASSIGN(const auto region, reader.Text("Region"));
  if (!region.is_null()) fields["latency_routing_policy"] = Block({{"region", region}});
  SCV_ASSIGN(const auto weight, reader.Number("Weight"));
  if (!weight.is_null()) fields["weighted_routing_policy"] = Block({{"weight", weight}});
  SCV_ASSIGN(fields["multivalue_answer_routing_policy"], reader.Flag("MultiValueAnswer"));
  SCV_ASSIGN(const auto* place, reader.Map("GeoLocation"));
  if (place == nullptr) return {};
  Reader location(*place, where + ".GeoLocation");
  Value::Object block;
  SCV_ASSIGN(block["continent"], location.Text("ContinentCode"));
  SCV_ASSIGN(block["country"], location.Text("CountryCode"));
  SCV_ASSIGN(block["subdivision"], location.Text("SubdivisionCode"));
  fields["geolocation_routing_policy"] = Block(std::move(block));
  return location.Done();
}

Result<void> CheckRecord(const std::string& where, const Value::Object& fields, int policies) {
  const bool alias = fields.contains("alias");
  const bool named = !fields.at("set_identifier").is_null();
  if (alias && (!fields.at("ttl").is_null() || !fields.at("records").is_null())) {
    return Wrong(where, "an AliasTarget has no TTL and no ResourceRecords of its own");
  }
  if (!alias && (fields.at("ttl").is_null() || fields.at("records").is_null())) {
    return Wrong(where, "TTL and ResourceRecords are missing, or AliasTarget");
  }
  if (policies > 1) return Wrong(where, "a record has one routing policy");
  if (named != (policies == 1)) {
    return Wrong(where, "SetIdentifier goes with a routing policy, and a policy with it");
  }
  return {};
}

// `zone`: of the group that the record is in; null: it names its own.
Result<Piece> Record(const std::string& where, const json::object& properties, const Value& zone) {
  Reader reader(properties, where);
  Value::Object fields;
  SCV_ASSIGN(fields["zone_id"], reader.Text("HostedZoneId", zone.is_null()));
  if (fields["zone_id"].is_null()) fields["zone_id"] = zone;
  SCV_ASSIGN(const auto name, reader.Text("Name", true));
  fields["name"] =
      name.Text().ends_with('.') ? Value(name.Text().substr(0, name.Text().size() - 1)) : name;
  SCV_ASSIGN(fields["type"], reader.Text("Type", true));
  SCV_ASSIGN(fields["ttl"], reader.Number("TTL"));
  SCV_ASSIGN(fields["records"], reader.Texts("ResourceRecords"));
  SCV_ASSIGN(fields["set_identifier"], reader.Text("SetIdentifier"));
  SCV_ASSIGN(fields["health_check_id"], reader.Text("HealthCheckId"));
  SCV_ASSIGN(const auto comment, reader.Text("Comment"));
  static_cast<void>(comment);
  SCV_TRY(ReadAlias(reader, where, fields));
  SCV_TRY(ReadPolicy(reader, where, fields));
  SCV_TRY(reader.Done());
  int policies = fields["multivalue_answer_routing_policy"].Flag() ? 1 : 0;
  for (const auto* policy : {"failover_routing_policy", "latency_routing_policy",
                             "weighted_routing_policy", "geolocation_routing_policy"}) {
    policies += fields.contains(policy) ? 1 : 0;
  }
  SCV_TRY(CheckRecord(where, fields, policies));
  constexpr const char* kType = "aws_route53_record";
  return Piece{"", kType, Fitting(kType, std::move(fields))};
}

Result<std::vector<Piece>> Group(const std::string& where, const json::object& properties) {
  Reader reader(properties, where);
  SCV_ASSIGN(const auto zone, reader.Text("HostedZoneId", true));
  SCV_ASSIGN(const auto comment, reader.Text("Comment"));
  static_cast<void>(comment);
  SCV_ASSIGN(const auto* records, reader.List("RecordSets"));
  SCV_TRY(reader.Done());
  std::vector<Piece> pieces;
  if (records == nullptr) return pieces;
  if (records->size() > kRecordsMax) return Wrong(where, "has more than 500 records");
  for (std::size_t i = 0; i < records->size(); ++i) {
    const auto place = where + ".RecordSets[" + std::to_string(i) + "]";
    if (records->at(i).is_null()) continue;  // AWS::NoValue
    if (!records->at(i).is_object()) return Wrong(place, "must be a map");
    SCV_ASSIGN(auto piece, Record(place, records->at(i).get_object(), zone));
    // Its place in the list says nothing: others may come and go before it.
    for (const auto* part : {"name", "type", "set_identifier"}) {
      const auto& text = piece.config[part].Text();
      if (!text.empty()) piece.name += (piece.name.empty() ? "" : " ") + text;
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

}  // namespace

Result<void> CheckSupported(const std::string& type, const std::string& where) {
  if (type == kHealthCheck || type == kRecord || type == kGroup) return {};
  return Wrong(where, "the lab does not support the type " +
                          (type.empty() ? "(none)" : type.substr(0, 100)) +
                          "; only AWS::Route53::HealthCheck, AWS::Route53::RecordSet and "
                          "AWS::Route53::RecordSetGroup");
}

bool HasAttribute(std::string_view type, std::string_view attribute) {
  return type == kHealthCheck && attribute == "HealthCheckId";
}

Result<std::vector<Piece>> PiecesOf(const std::string& type, const std::string& where,
                                    const json::object& properties) {
  if (type == kHealthCheck) return HealthCheck(where, properties);
  if (type == kGroup) return Group(where, properties);
  SCV_ASSIGN(auto record, Record(where, properties, Value()));
  return std::vector<Piece>{std::move(record)};
}

}  // namespace scv::provider::cloudformation
