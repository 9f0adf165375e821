#include "cli/recorded.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <fstream>

#include "cli/api_client.h"
#include "cli/child.h"
#include "cli/disk_room.h"
#include "cli/json_read.h"

namespace scv::cli {
namespace {

constexpr int kFailuresShown = 10;

std::filesystem::path RecordedFile(const LabFiles& files, const RegionRun& region,
                                   const char* suffix) {
  return files.state / "recorded" / (region.name + suffix);
}

// What the daemon tells, line by line.
class Progress {
 public:
  explicit Progress(const std::filesystem::path& log) : log_(log) {}

  void Take(std::string_view line) {
    boost::system::error_code failed;
    const auto value = boost::json::parse(line, failed);
    if (failed || !value.is_object()) return;
    const auto& step = value.get_object();
    const auto event = Text(step, "event");
    if (event == "tick") return;
    log_ << line << '\n' << std::flush;
    if (event == "done" || event == "same") ++done_;
    if (event == "end") ended_ = true, left_ = Number(step, "left");
    if (event == "warning") warnings_[Text(step, "summary")].insert(Text(step, "address"));
    if (event == "failed" && ++failures_ <= kFailuresShown) {
      failed_ += fmt::format("\n  Error: {}\n    with {}\n    {}", Text(step, "summary"),
                             Text(step, "address"), Text(step, "detail"));
    }
  }

  int done() const { return done_; }
  bool good() const { return ended_ && left_ == 0; }
  const std::string& failed() const { return failed_; }
  const Warnings& warnings() const { return warnings_; }

 private:
  std::ofstream log_;
  int done_ = 0, failures_ = 0;
  bool ended_ = false;
  long long left_ = 0;
  std::string failed_;
  Warnings warnings_;
};

}  // namespace

bool HasRecordedState(const LabFiles& files, const RegionRun& region) {
  return std::filesystem::exists(RecordedFile(files, region, ".json"));
}

Result<void> RunRecorded(const LabFiles& files, const RegionRun& region, bool destroy,
                         const std::function<void(int)>& tick, Warnings* warnings) {
  const auto graph = files.root / "infra/recorded" / (region.name + ".json");
  if (!std::filesystem::exists(graph)) {
    return Fail(ErrorKind::kNotFound, "there is no recorded graph of " + region.name +
                                          ", only Terraform can apply it.\n  " + kGetTerraform);
  }
  std::error_code failed;
  std::filesystem::create_directories(files.state / "recorded", failed);
  const auto log = RecordedFile(files, region, ".log");
  Progress progress(log);
  FullDiskWatch disk(files.state);
  const ApiClient api(files.socket());
  SCV_TRY(api.FollowPost(
      destroy ? "/v1/graph/destroy" : "/v1/graph/apply",
      {{"file", std::filesystem::absolute(graph).string()},
       {"artifacts", std::filesystem::absolute(files.root / "build/artifacts").string()}},
      [&](std::string_view line) {
        progress.Take(line);
        tick(progress.done());
        return !Interrupted() && !disk.IsHopeless();
      }));
  if (warnings != nullptr) *warnings = progress.warnings();
  if (progress.good()) return {};
  return Fail(Interrupted() ? ErrorKind::kConflict : ErrorKind::kUnavailable,
              fmt::format("the recorded graph of {} was not {} as a whole:{}\n  The whole log: {}",
                          region.name, destroy ? "destroyed" : "applied",
                          progress.failed().empty() ? " it was interrupted" : progress.failed(),
                          log.string()));
}

}  // namespace scv::cli
