#include "daemon/instance_document.h"

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "aws/resource.h"

namespace scv::daemon {
namespace {

using control::InstanceRecord;
using control::Lifecycle;

constexpr std::array kLifecycles{Lifecycle::kPending, Lifecycle::kInService,
                                 Lifecycle::kTerminating, Lifecycle::kTerminated};

}  // namespace

std::string_view Name(Lifecycle lifecycle) {
  switch (lifecycle) {
    case Lifecycle::kPending:
      return "pending";
    case Lifecycle::kInService:
      return "in service";
    case Lifecycle::kTerminating:
      return "terminating";
    case Lifecycle::kTerminated:
      return "terminated";
  }
  return "?";
}

std::string ToDocument(const InstanceRecord& record) {
  return boost::json::serialize(boost::json::object{
      {"id", record.id},
      {"region", record.region},
      {"zone", record.zone},
      {"subnet_id", record.subnet_id},
      {"vpc_id", record.vpc_id},
      {"interface_id", record.interface_id},
      {"address", record.address},
      {"group", record.group},
      {"launch_template_id", record.launch_template_id},
      {"launch_template_version", record.launch_template_version},
      {"lifecycle", Name(record.lifecycle)},
      {"launched_at", record.launched_at},
      {"terminating_since", record.terminating_since},
      {"reason", record.reason},
  });
}

Result<InstanceRecord> ParseInstanceDocument(std::string_view text) {
  boost::system::error_code code;
  const auto value = boost::json::parse(text, code);
  if (code || !value.is_object()) {
    return Fail(ErrorKind::kInternal, "an instance's record is no JSON object");
  }
  const auto& object = value.get_object();
  InstanceRecord record;
  record.id = aws::String(object, "id");
  record.region = aws::String(object, "region");
  record.zone = aws::String(object, "zone");
  record.subnet_id = aws::String(object, "subnet_id");
  record.vpc_id = aws::String(object, "vpc_id");
  record.interface_id = aws::String(object, "interface_id");
  record.address = aws::String(object, "address");
  record.group = aws::String(object, "group");
  record.launch_template_id = aws::String(object, "launch_template_id");
  record.launch_template_version =
      static_cast<int>(aws::Integer(object, "launch_template_version"));
  record.launched_at = aws::Integer(object, "launched_at");
  record.terminating_since = aws::Integer(object, "terminating_since");
  record.reason = aws::String(object, "reason");
  const std::string lifecycle = aws::String(object, "lifecycle");
  for (const Lifecycle known : kLifecycles) {
    if (Name(known) != lifecycle) continue;
    record.lifecycle = known;
    return record;
  }
  return Fail(ErrorKind::kInternal,
              "the record of instance " + record.id + " has an unknown lifecycle");
}

}  // namespace scv::daemon
