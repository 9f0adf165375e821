#include "world/linux/faults_file.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <exception>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

namespace scv::world {
namespace {

namespace json = boost::json;
using lab::Fault;

json::object ToJson(const Fault& fault, const std::string& process) {
  return {{"id", fault.id},         {"kind", static_cast<int>(fault.kind)},
          {"region", fault.region}, {"zone", fault.zone},
          {"part", fault.part},     {"process", process},
          {"delay", fault.delay},   {"loss_percent", fault.loss_percent},
          {"since", fault.since}};
}

// Throws what Boost.JSON throws.
Fault FromJson(const json::value& value) {
  const auto& object = value.as_object();
  const auto text = [&](const char* name) { return std::string(object.at(name).as_string()); };
  const auto number = [&](const char* name) { return object.at(name).to_number<std::int64_t>(); };
  const auto kind = number("kind");
  if (kind < 0 || kind > static_cast<int>(Fault::Kind::kDiskFull)) {
    throw std::out_of_range("a kind of fault that is none");
  }
  Fault fault;
  fault.id = text("id");
  fault.kind = static_cast<Fault::Kind>(kind);
  fault.region = text("region");
  fault.zone = text("zone");
  fault.part = text("part");
  fault.delay = number("delay");
  fault.loss_percent = static_cast<int>(number("loss_percent"));
  fault.since = number("since");
  return fault;
}

}  // namespace

Result<FaultsRecord> ReadFaults(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return FaultsRecord{};
  std::ostringstream text;
  text << in.rdbuf();
  try {
    const auto value = json::parse(text.str());
    FaultsRecord record;
    record.next = value.at("next").to_number<std::uint64_t>();
    for (const auto& fault : value.at("faults").as_array()) {
      record.faults.push_back(FromJson(fault));
      record.processes[record.faults.back().id] = fault.at("process").as_string().c_str();
    }
    return record;
  } catch (const std::exception& problem) {
    return Fail(ErrorKind::kInvalid, file.string() + " does not hold faults: " + problem.what());
  }
}

Result<void> WriteFaults(const std::filesystem::path& file, const FaultsRecord& record) {
  json::array faults;
  for (const auto& fault : record.faults) {
    const auto process = record.processes.find(fault.id);
    faults.push_back(ToJson(fault, process == record.processes.end() ? "" : process->second));
  }
  const auto text =
      json::serialize(json::object{{"next", record.next}, {"faults", std::move(faults)}});
  const std::filesystem::path next = file.string() + ".next";
  std::ofstream out(next, std::ios::trunc);
  out << text << std::flush;
  std::error_code failed;
  if (out) std::filesystem::rename(next, file, failed);
  if (!out || failed) {
    return Fail(ErrorKind::kUnavailable, "the faults cannot be written to " + file.string());
  }
  return {};
}

}  // namespace scv::world
