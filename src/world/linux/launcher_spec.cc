#include "world/linux/launcher_spec.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <exception>

namespace scv::world {
namespace {

namespace json = boost::json;

json::object FromRoot(const InstanceRoot& root) {
  return {{"scratch", root.scratch},
          {"skeleton", root.skeleton},
          {"hidden", json::value_from(root.hidden)},
          {"hostname", root.hostname},
          {"resolver", root.resolver},
          {"trusted_roots", root.trusted_roots},
          {"bytes_max", root.bytes_max}};
}

InstanceRoot ToRoot(const json::value& value) {
  InstanceRoot root;
  root.scratch = json::value_to<std::string>(value.at("scratch"));
  root.skeleton = json::value_to<std::string>(value.at("skeleton"));
  root.hidden = json::value_to<std::vector<std::string>>(value.at("hidden"));
  root.hostname = json::value_to<std::string>(value.at("hostname"));
  root.resolver = json::value_to<std::string>(value.at("resolver"));
  root.trusted_roots = json::value_to<std::string>(value.at("trusted_roots"));
  root.bytes_max = json::value_to<std::int64_t>(value.at("bytes_max"));
  return root;
}

LaunchSpec ToSpec(const json::value& value) {
  LaunchSpec spec;
  spec.name = json::value_to<std::string>(value.at("name"));
  spec.arguments = json::value_to<std::vector<std::string>>(value.at("arguments"));
  spec.environment = json::value_to<std::vector<std::string>>(value.at("environment"));
  spec.working_directory = json::value_to<std::string>(value.at("working_directory"));
  spec.log = json::value_to<std::string>(value.at("log"));
  spec.record = json::value_to<std::string>(value.at("record"));
  spec.spec_hash = json::value_to<std::string>(value.at("spec_hash"));
  spec.has_network = value.at("has_network").as_bool();
  spec.numbers = json::value_to<std::vector<int>>(value.at("numbers"));
  spec.cgroups = json::value_to<std::vector<std::string>>(value.at("cgroups"));
  spec.cgroup_unified = value.at("cgroup_unified").as_bool();
  spec.batch = value.at("batch").as_bool();
  if (!value.at("instance").is_null()) spec.instance = ToRoot(value.at("instance"));
  return spec;
}

ProcessRecord ToRecord(const json::value& value) {
  ProcessRecord record;
  record.name = json::value_to<std::string>(value.at("name"));
  record.pid = json::value_to<int>(value.at("pid"));
  record.start_ticks = json::value_to<unsigned long long>(value.at("start_ticks"));
  record.started_at = json::value_to<Millis>(value.at("started_at"));
  record.spec_hash = json::value_to<std::string>(value.at("spec_hash"));
  record.log = json::value_to<std::string>(value.at("log"));
  record.instance = value.at("instance").as_bool();
  return record;
}

template <typename T>
Result<T> Parse(std::string_view text, T (*convert)(const json::value&), const char* what) {
  try {
    return convert(json::parse(text));
  } catch (const std::exception& error) {
    return Fail(ErrorKind::kInvalid, std::string(what) + " cannot be read: " + error.what());
  }
}

}  // namespace

std::string ToJson(const LaunchSpec& spec) {
  json::object value{{"name", spec.name},
                     {"arguments", json::value_from(spec.arguments)},
                     {"environment", json::value_from(spec.environment)},
                     {"working_directory", spec.working_directory},
                     {"log", spec.log},
                     {"record", spec.record},
                     {"spec_hash", spec.spec_hash},
                     {"has_network", spec.has_network},
                     {"numbers", json::value_from(spec.numbers)},
                     {"cgroups", json::value_from(spec.cgroups)},
                     {"cgroup_unified", spec.cgroup_unified},
                     {"batch", spec.batch},
                     {"instance", nullptr}};
  if (spec.instance) value["instance"] = FromRoot(*spec.instance);
  return json::serialize(value);
}

Result<LaunchSpec> ParseLaunchSpec(std::string_view text) {
  return Parse(text, &ToSpec, "the launcher's specification");
}

std::string ToJson(const ProcessRecord& record) {
  return json::serialize(json::object{{"name", record.name},
                                      {"pid", record.pid},
                                      {"start_ticks", record.start_ticks},
                                      {"started_at", record.started_at},
                                      {"spec_hash", record.spec_hash},
                                      {"log", record.log},
                                      {"instance", record.instance}});
}

Result<ProcessRecord> ParseProcessRecord(std::string_view text) {
  return Parse(text, &ToRecord, "the record of a process");
}

}  // namespace scv::world
