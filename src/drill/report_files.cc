#include "drill/report_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "drill/report_html.h"

namespace scv::drill {

Result<std::filesystem::path> WriteReport(const std::vector<RunResult>& runs,
                                          const std::filesystem::path& root,
                                          const std::string& wanted) {
  std::filesystem::path file = wanted;
  std::error_code code;
  if (wanted.empty()) {
    // 2026-11-22T06:00:00.123Z → 20261122-060000
    std::string time = FormatRfc3339(runs.front().started_at).substr(0, 19);
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    std::replace(time.begin(), time.end(), 'T', '-');
    file = root / "build/drills" / (time + "-" + runs.front().scenario.name + ".html");
    std::filesystem::create_directories(file.parent_path(), code);
  }
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << RenderHtml(runs);
  out.close();
  if (out) return file;
  return Fail(ErrorKind::kUnavailable,
              "cannot write the report " + file.string() + ": " + std::strerror(errno));
}

}  // namespace scv::drill
