#include "drill/report_html.h"

namespace scv::drill {

std::string RenderHtml(const std::vector<RunResult>& runs) { return runs.front().scenario.title; }

}  // namespace scv::drill
