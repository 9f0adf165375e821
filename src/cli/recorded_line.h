// One line about what the lab only records.
#ifndef SCV_CLI_RECORDED_LINE_H_
#define SCV_CLI_RECORDED_LINE_H_

#include <boost/json/object.hpp>
#include <string>

namespace scv::cli {

// "recorded only: 3 resources of 2 types (AWS::SNS::Topic 2, aws_kms_key)" of the daemon's status;
// the ten most numerous types, and how many more there are. "": nothing is only recorded.
std::string RecordedLine(const boost::json::object& status);

}  // namespace scv::cli

#endif  // SCV_CLI_RECORDED_LINE_H_
