// What the status says of resources that the lab only records.
#ifndef SCV_DAEMON_STATUS_RECORDED_H_
#define SCV_DAEMON_STATUS_RECORDED_H_

#include <boost/json/array.hpp>
#include <map>

#include "aws/resource.h"
#include "daemon/durable_account.h"

namespace scv::daemon {

// How many there are of each type, Terraform's and CloudFormation's, by type:
// [{"type": "AWS::SNS::Topic", "count": 2}, {"type": "aws_kms_key", "count": 1}].
boost::json::array RecordedTypes(const std::map<aws::ResourceKey, Progress>& progress);

}  // namespace scv::daemon

#endif  // SCV_DAEMON_STATUS_RECORDED_H_
