#include "drill/lab_entry.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

#include "drill/json_read.h"

namespace scv::drill {
namespace {

namespace json = boost::json;

Result<Fd> OpenNamespace(const std::string& file) {
  Fd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() >= 0) return fd;
  return Fail(ErrorKind::kUnavailable, "the lab's network cannot be entered (" + file + ": " +
                                           std::strerror(errno) +
                                           "); only the user who started the lab may drill");
}

std::string FirstWord(const std::string& file) {
  std::ifstream in(file);
  std::string word;
  in >> word;
  return word;
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    Close();
    fd_ = other.Release();
  }
  return *this;
}

int Fd::Release() {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

void Fd::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

Result<int> LabProcess(const LabPlace& place) {
  std::ifstream in(place.state / "lab.json");
  const std::string text(std::istreambuf_iterator<char>(in), {});
  boost::system::error_code code;
  const auto value = json::parse(text, code);
  const int pid =
      !code && value.is_object() ? static_cast<int>(Number(value.get_object(), "pid")) : 0;
  if (pid > 0 && (kill(pid, 0) == 0 || errno == EPERM)) return pid;
  return Fail(ErrorKind::kUnavailable,
              "no lab is running in " + place.state.string() +
                  "; start it with `./scv up`, or name its state directory with --state");
}

Result<LabEntry> OpenInternet(const LabPlace& place, const DaemonApi& api) {
  SCV_ASSIGN(const int lab, LabProcess(place));
  SCV_ASSIGN(const auto process, api.Get("/v1/process?part=internet"));
  const auto base = "/proc/" + std::to_string(lab);
  LabEntry entry;
  if (geteuid() != 0) {
    SCV_ASSIGN(entry.user, OpenNamespace(base + "/ns/user"));
  }
  // The daemon speaks of process numbers inside the lab, whose own /proc has them.
  SCV_ASSIGN(entry.network, OpenNamespace(base + "/root" + "/proc/" +
                                          std::to_string(Number(process, "pid")) + "/ns/net"));
  return entry;
}

Result<int> KillDaemon(const LabPlace& place) {
  SCV_ASSIGN(const int lab, LabProcess(place));
  const auto number = std::to_string(lab);
  std::ifstream in("/proc/" + number + "/task/" + number + "/children");
  for (int child = 0; in >> child;) {
    if (FirstWord("/proc/" + std::to_string(child) + "/comm") != "scvd") continue;
    if (kill(child, SIGKILL) == 0) return child;
  }
  return Fail(ErrorKind::kNotFound, "the lab's daemon, scvd, does not run");
}

}  // namespace scv::drill
