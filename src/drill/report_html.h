// A drill's report as one HTML file with nothing from elsewhere: what was done, what it cost, the
// requests over time as a picture, and what AWS documents for the same. Light and dark, English and
// Korean titles, readable without the picture. Pure; whatever comes from outside is escaped.
#ifndef SCV_DRILL_REPORT_HTML_H_
#define SCV_DRILL_REPORT_HTML_H_

#include <string>
#include <string_view>
#include <vector>

#include "drill/result.h"

namespace scv::drill {

// Runs of one scenario, at least one. The picture is of the worst of them.
std::string RenderHtml(const std::vector<RunResult>& runs);

// One that failed, else the one with the longest outage: the one to look at.
const RunResult& WorstOf(const std::vector<RunResult>& runs);

// The requests of one run over time: a dot each, up by how long it took, coloured by its outcome;
// steps and events as lines, the share of success as a band.
std::string RenderTimeline(const RunResult& run);

// As text of HTML and of attributes in double quotes.
std::string Escaped(std::string_view text);

}  // namespace scv::drill

#endif  // SCV_DRILL_REPORT_HTML_H_
