// A drill's result for programs. Pure.
#ifndef SCV_DRILL_REPORT_JSON_H_
#define SCV_DRILL_REPORT_JSON_H_

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "drill/result.h"

namespace scv::drill {

boost::json::value ToJson(const std::vector<Scenario>& scenarios);
// Runs of one scenario; `report` is the file of the other report.
boost::json::value ToJson(const std::vector<RunResult>& runs, const std::string& report);

}  // namespace scv::drill

#endif  // SCV_DRILL_REPORT_JSON_H_
