#include "world/linux/lab_init_probe.h"

#include <fcntl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>

#include "world/linux/cgroup.h"
#include "world/linux/fd_store.h"
#include "world/linux/lab_init_namespaces.h"

namespace scv::world {
namespace {

namespace json = boost::json;

// 0, or the errno of `trial`, tried in a child.
int TryInChild(const std::function<int()>& trial) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(trial());
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) < 0) return errno;
  return WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT;
}

int EnterNamespaces() {
  if (!BecomeRootOfUserNamespace()) return EPERM;
  return ::unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWPID) == 0 ? 0 : errno;
}

int TryNamespaces() {
  if (const int failed = EnterNamespaces()) return failed;
  // /proc can only be mounted by somebody inside of the PID namespace.
  return TryInChild([] {
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return errno;
    return ::mount("proc", "/proc", "proc", 0, nullptr) == 0 ? 0 : errno;
  });
}

int TryUserNamespace() { return ::unshare(CLONE_NEWUSER) == 0 ? 0 : errno; }

int TryOverlay() {
  if (const int failed = EnterNamespaces()) return failed;
  if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", "/tmp", "tmpfs", 0, nullptr) != 0 || ::chdir("/tmp") != 0 ||
      ::mkdir("upper", 0700) != 0 || ::mkdir("work", 0700) != 0 || ::mkdir("root", 0700) != 0) {
    return errno;
  }
  const char* options = "lowerdir=/usr,upperdir=upper,workdir=work";
  return ::mount("overlay", "root", "overlay", 0, options) == 0 ? 0 : errno;
}

int TryTun() {
  const UniqueFd tun(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
  return tun ? 0 : errno;
}

// Whether the kernel has nf_tables: it answers a netlink message for that subsystem.
int TryNftables() {
  if (const int failed = EnterNamespaces()) return failed;
  const UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER));
  if (!socket) return errno;
  struct {
    nlmsghdr header;
    nfgenmsg body;
  } request{};
  constexpr int kGetGeneration = 16;  // NFT_MSG_GETGEN
  request.header.nlmsg_len = sizeof(request);
  request.header.nlmsg_type = (NFNL_SUBSYS_NFTABLES << 8) | kGetGeneration;
  request.header.nlmsg_flags = NLM_F_REQUEST;
  request.body.version = NFNETLINK_V0;
  const timeval limit{.tv_sec = 1, .tv_usec = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  alignas(nlmsghdr) std::array<char, 4096> answer{};
  if (::send(socket.get(), &request, sizeof(request), 0) < 0 ||
      ::recv(socket.get(), answer.data(), answer.size(), 0) < 0) {
    return errno;
  }
  nlmsghdr header{};
  std::memcpy(&header, answer.data(), sizeof(header));
  if (header.nlmsg_type != NLMSG_ERROR) return 0;
  nlmsgerr error{};
  std::memcpy(&error, answer.data() + NLMSG_HDRLEN, sizeof(error));
  return -error.error;
}

Ability Judge(std::string name, bool required, int failed, std::string remedy) {
  return {.name = std::move(name),
          .required = required,
          .available = failed == 0,
          .detail = failed == 0 ? "" : std::strerror(failed),
          .remedy = failed == 0 ? "" : std::move(remedy)};
}

void ProbeCgroups(std::vector<Ability>& abilities) {
  const auto groups = Cgroups::Open("scv-probe-" + std::to_string(::getpid()));
  const std::string remedy =
      "run as root, or let systemd delegate a group: without it nothing limits an instance";
  const auto judge = [&](const char* name, bool there) {
    abilities.push_back(Judge(name, false, there ? 0 : EACCES, remedy));
  };
  judge("cgroup-memory", groups.limits_memory());
  judge("cgroup-cpu", groups.limits_cpu());
  judge("cgroup-unified", groups.has_unified());
  groups.RemoveAll();
}

}  // namespace

std::vector<Ability> ProbeMachine() {
  const std::string allow =
      "run as root, or allow user namespaces: sysctl kernel.unprivileged_userns_clone=1 (Debian), "
      "sysctl kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu); in a container start it "
      "privileged";
  std::vector<Ability> abilities;
  abilities.push_back(Judge("namespaces", true, TryInChild(TryNamespaces), allow));
  abilities.push_back(Judge("user-namespaces", false, TryInChild(TryUserNamespace),
                            "only needed without root; sysctl user.max_user_namespaces=15000"));
  abilities.push_back(Judge("overlay", true, TryInChild(TryOverlay),
                            "modprobe overlay; without root Linux 5.11 or later"));
  abilities.push_back(Judge("nftables", true, TryInChild(TryNftables), "modprobe nf_tables"));
  abilities.push_back(Judge("tun", false, TryTun(),
                            "for VPNs: modprobe tun; without root chmod 0666 /dev/net/tun"));
  ProbeCgroups(abilities);
  return abilities;
}

std::string ProbeToJson(const std::vector<Ability>& abilities) {
  bool usable = true;
  std::string rows;
  for (const auto& ability : abilities) {
    usable &= ability.available || !ability.required;
    json::object row{
        {"name", ability.name}, {"required", ability.required}, {"available", ability.available}};
    if (!ability.detail.empty()) row["detail"] = ability.detail;
    if (!ability.remedy.empty()) row["remedy"] = ability.remedy;
    rows += (rows.empty() ? "    " : ",\n    ") + json::serialize(row);
  }
  return std::string("{\n  \"usable\": ") + (usable ? "true" : "false") +
         ",\n  \"abilities\": [\n" + rows + "\n  ]\n}\n";
}

}  // namespace scv::world
