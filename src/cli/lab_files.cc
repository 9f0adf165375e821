#include "cli/lab_files.h"

#include <signal.h>

#include <boost/json/parse.hpp>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace scv::cli {
namespace {

namespace json = boost::json;

Error NotRunning(const LabFiles& files) {
  return {ErrorKind::kUnavailable, "no lab is running in " + files.state.string() +
                                       "; start it with `./scv up`, or name its state directory "
                                       "with --state"};
}

}  // namespace

Result<LabRecord> ReadLabRecord(const LabFiles& files) {
  std::ifstream in(files.record());
  if (!in) return std::unexpected(NotRunning(files));
  const std::string text(std::istreambuf_iterator<char>(in), {});
  boost::system::error_code code;
  const json::value value = json::parse(text, code);
  const json::object* object = code ? nullptr : value.if_object();
  const json::value* pid = object == nullptr ? nullptr : object->if_contains("pid");
  if (pid == nullptr || !pid->is_int64()) {
    return Fail(ErrorKind::kInternal, files.record().string() +
                                          " is damaged; end the lab and "
                                          "start it again");
  }
  LabRecord record;
  record.pid = static_cast<int>(pid->get_int64());
  if (kill(record.pid, 0) != 0 && errno != EPERM) return std::unexpected(NotRunning(files));
  if (const auto* parent = object->if_contains("parent"); parent != nullptr && parent->is_int64()) {
    record.parent = static_cast<int>(parent->get_int64());
  }
  if (const auto* ports = object->if_contains("ports"); ports != nullptr && ports->is_object()) {
    for (const auto& [name, port] : ports->get_object()) {
      if (port.is_int64()) record.ports[name] = static_cast<int>(port.get_int64());
    }
  }
  return record;
}

LabFiles DefaultLabFiles() {
  LabFiles files;
  const char* root = std::getenv("SCV_ROOT");
  std::error_code ignored;
  files.root =
      root != nullptr ? std::filesystem::path(root) : std::filesystem::current_path(ignored);
  const char* state = std::getenv("SCV_STATE");
  files.state = state != nullptr ? std::filesystem::path(state) : files.root / ".scv/lab";
  return files;
}

}  // namespace scv::cli
