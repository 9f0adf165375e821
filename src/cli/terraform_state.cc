#include "cli/terraform_state.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

namespace scv::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string TextOf(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Of a whole state; nullopt: half of one, or none.
struct Version {
  std::string lineage;
  std::int64_t serial = 0;
};
std::optional<Version> VersionOf(const std::string& text) {
  boost::system::error_code failed;
  const auto value = json::parse(text, failed);
  const auto* object = failed ? nullptr : value.if_object();
  const auto* lineage = object == nullptr ? nullptr : object->if_contains("lineage");
  const auto* serial = object == nullptr ? nullptr : object->if_contains("serial");
  if (lineage == nullptr || !lineage->is_string() || serial == nullptr || !serial->is_int64()) {
    return std::nullopt;
  }
  return Version{std::string(lineage->get_string()), serial->get_int64()};
}

// The lineage stands near the beginning, so that half a file has it, too; "": not even that.
std::string LineageIn(const std::string& text) {
  constexpr std::string_view kName = "\"lineage\": \"";
  const auto at = text.find(kName);
  if (at == text.npos) return "";
  const auto end = text.find('"', at + kName.size());
  return end == text.npos ? "" : text.substr(at + kName.size(), end - at - kName.size());
}

fs::path Errored(const TerraformPlace& place) { return place.root / "errored.tfstate"; }
fs::path Kept(const TerraformPlace& place) {
  return place.root / ("errored-" + place.state.stem().string() + ".tfstate");
}

// `region = "…"` of a file of variables; "": it has none.
std::string RegionOf(const fs::path& var_file) {
  std::ifstream in(var_file);
  for (std::string line; std::getline(in, line);) {
    const auto first = line.find('"');
    const auto last = line.rfind('"');
    const auto name = line.substr(0, line.find_first_of(" ="));
    if (name == "region" && first < last) return line.substr(first + 1, last - first - 1);
  }
  return "";
}

// By its lineage. Where Terraform could not even begin a state: by the region that it asked for, in
// a run of this lab, which has made the data directory.
bool Belongs(const fs::path& file, const TerraformPlace& place) {
  const auto text = TextOf(file);
  const auto found = VersionOf(text);
  if (!found) return false;
  auto own = LineageIn(TextOf(place.state));
  if (own.empty()) own = LineageIn(TextOf(place.state.string() + ".backup"));
  if (!own.empty()) return own == found->lineage;
  std::error_code failed;
  const auto since = fs::last_write_time(place.data, failed);
  if (failed || fs::last_write_time(file, failed) < since) return false;
  const auto region = RegionOf(place.var_file);
  return region.empty() || text.find("\"id\": \"" + region + "\"") != text.npos;
}

Error CannotWrite(const fs::path& file, int error_number) {
  return {ErrorKind::kUnavailable, "Terraform's state cannot be put back: writing " +
                                       file.string() + ": " + std::strerror(error_number)};
}

Result<void> Replace(const fs::path& file, const std::string& text) {
  const auto next = file.string() + ".next";
  const int fd = ::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return std::unexpected(CannotWrite(next, errno));
  errno = ENOSPC;  // what a short write means
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(fd) == 0;
  const int failed = errno;
  ::close(fd);
  if (written && ::rename(next.c_str(), file.c_str()) == 0) return {};
  const auto error = CannotWrite(next, written ? errno : failed);
  ::unlink(next.c_str());
  return std::unexpected(error);
}

}  // namespace

void KeepErroredState(const TerraformPlace& place) {
  std::error_code ignored;
  if (Belongs(Errored(place), place)) fs::rename(Errored(place), Kept(place), ignored);
}

void ForgetErroredState(const TerraformPlace& place) {
  std::error_code ignored;
  for (const auto& file : {Errored(place), Kept(place)}) {
    if (Belongs(file, place)) fs::remove(file, ignored);
  }
}

Result<void> RestoreState(const TerraformPlace& place) {
  KeepErroredState(place);  // of a run that nobody waited for
  const auto text = TextOf(place.state);
  const auto now = VersionOf(text);
  if (Belongs(Kept(place), place)) {
    const auto kept = TextOf(Kept(place));
    if (!now || now->serial <= VersionOf(kept).value_or(Version()).serial) {
      SCV_TRY(Replace(place.state, kept));
    }
    std::error_code ignored;
    fs::remove(Kept(place), ignored);
    return {};
  }
  if (now || text.empty()) return {};
  return Fail(ErrorKind::kUnavailable,
              "Terraform's state " + place.state.string() +
                  " is damaged, and no whole one is known. It is left as it is. Either put back a "
                  "copy of it (" +
                  place.state.filename().string() +
                  ".backup beside it is what was before the last change), or start from nothing: "
                  "`./scv down --force` removes it with all that the lab has, then `./scv up`");
}

}  // namespace scv::cli
