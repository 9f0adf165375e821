#include "world/linux/overlay.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <sstream>

#include "world/linux/fd_store.h"
#include "world/linux/lab_init_packets.h"
#include "world/linux/overlay_upper.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;

constexpr unsigned long kQuiet = MS_NOSUID | MS_NODEV | MS_NOEXEC;
constexpr const char* kBundle = "/etc/ssl/certs/ca-certificates.crt";

// Homes and keys of the machine that lends its files.
constexpr std::array kEmptied = {"/root", "/home", "/mnt", "/media", "/etc/ssl/private"};

Result<void> Mount(const char* source, const fs::path& target, const char* type,
                   unsigned long flags, const std::string& options) {
  if (::mount(source, target.c_str(), type, flags, options.c_str()) == 0) return {};
  return FailErrno(
      ErrorKind::kDenied,
      std::string("mounting ") + (type != nullptr ? type : source) + " at " + target.string(),
      errno);
}

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string MachineId() {
  std::array<unsigned char, 16> random{};
  if (::getrandom(random.data(), random.size(), 0) < 0) random.fill(1);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id;
  for (const unsigned char byte : random) {
    id += kDigits[byte >> 4];
    id += kDigits[byte & 15];
  }
  return id + "\n";
}

// shadow(5) without this machine's password hashes; where it may not be read, from the names in
// `names`.
std::string ShadowOf(const char* shadow, const char* names, const char* rest) {
  std::string out;
  const std::string text = ReadFile(shadow);
  std::istringstream in(text.empty() ? ReadFile(names) : text);
  for (std::string line; std::getline(in, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    out += line.substr(0, first) + ":*" + (text.empty() ? rest : line.substr(second)) + "\n";
  }
  return out;
}

Result<void> WriteNames(const UpperLayer& upper, const InstanceRoot& root) {
  const std::string short_name = root.hostname.substr(0, root.hostname.find('.'));
  SCV_TRY(upper.Write("/etc/hostname", root.hostname + "\n", 0644));
  SCV_TRY(upper.Write("/etc/hosts",
                      "127.0.0.1 localhost\n127.0.1.1 " + root.hostname +
                          (short_name == root.hostname ? "" : " " + short_name) + "\n",
                      0644));
  if (root.resolver.empty()) return {};
  const auto dot = root.hostname.find('.');
  std::string text = "nameserver " + root.resolver + "\n";
  if (dot != std::string::npos) text += "search " + root.hostname.substr(dot + 1) + "\n";
  return upper.Write("/etc/resolv.conf", text + "options timeout:1 attempts:3\n", 0644);
}

Result<void> FillUpper(const UpperLayer& upper, const InstanceRoot& root) {
  SCV_TRY(WriteNames(upper, root));
  SCV_TRY(upper.Write("/etc/machine-id", MachineId(), 0444));
  SCV_TRY(upper.Write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0755));
  if (!root.trusted_roots.empty()) {
    const std::string added = ReadFile(root.trusted_roots);
    if (added.empty()) {
      return Fail(ErrorKind::kNotFound, "reading the trusted roots " + root.trusted_roots);
    }
    SCV_TRY(upper.Write(kBundle, ReadFile(kBundle) + added, 0644));
    SCV_TRY(upper.Write("/usr/local/share/ca-certificates/scv-lab.crt", added, 0644));
  }
  SCV_TRY(upper.Write("/etc/shadow", ShadowOf("/etc/shadow", "/etc/passwd", ":19000:0:99999:7:::"),
                      0640));
  SCV_TRY(upper.Write("/etc/gshadow", ShadowOf("/etc/gshadow", "/etc/group", "::"), 0640));
  for (const char* path : kEmptied) SCV_TRY(upper.Empty(path));
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator("/etc/ssh", failed)) {
    if (entry.path().filename().string().ends_with("_key")) SCV_TRY(upper.Hide(entry.path()));
  }
  for (const auto& path : root.hidden) SCV_TRY(upper.Hide(path));
  return {};
}

// Relative paths: the mount's options have their own meaning for ',' and ':'.
Result<void> MountLayers(const std::string& lower, const fs::path& upper, const fs::path& work,
                         const fs::path& target, bool user) {
  const std::string layers =
      "lowerdir=" + lower + ",upperdir=" + upper.string() + ",workdir=" + work.string();
  if (!user) return Mount("overlay", target, "overlay", MS_NODEV, layers);
  // The attribute is newer than overlays in user namespaces.
  const auto mounted = Mount("overlay", target, "overlay", MS_NODEV, layers + ",userxattr");
  return mounted ? mounted : Mount("overlay", target, "overlay", MS_NODEV, layers);
}

Result<void> MountTree(const std::string& name) {
  const fs::path upper = fs::path("upper") / name;
  const fs::path target = fs::path("root") / name;
  const fs::path work = "work/" + name;
  for (const fs::path& path : {upper, target, work}) ::mkdir(path.c_str(), 0755);
  struct stat status {};
  const std::string skeleton = "skeleton/" + name;
  const bool has_skeleton = ::stat(skeleton.c_str(), &status) == 0;
  return MountLayers((has_skeleton ? skeleton + ":" : "") + "/" + name, upper, work, target, true);
}

// A user namespace may not look below the mounts that it inherited, so that / itself cannot be a
// layer: the trees that hold programs and their data can.
Result<void> MountTrees(const InstanceRoot& root) {
  ::mkdir("skeleton", 0755);
  if (!root.skeleton.empty()) {
    SCV_TRY(Mount(root.skeleton.c_str(), "skeleton", nullptr, MS_BIND, ""));
  }
  SCV_TRY(Mount("root", "root", nullptr, MS_BIND, ""));
  for (const char* name :
       {"bin", "etc", "lib", "lib32", "lib64", "libx32", "opt", "sbin", "srv", "usr", "var"}) {
    struct stat status {};
    const fs::path path = fs::path("/") / name;
    if (::lstat(path.c_str(), &status) != 0) continue;
    if (S_ISDIR(status.st_mode)) {
      SCV_TRY(MountTree(name));
      continue;
    }
    std::error_code failed;
    fs::copy_symlink(path, fs::path("root") / name, failed);
    if (failed) return Fail(ErrorKind::kInternal, "linking " + path.string());
  }
  return {};
}

Result<void> MountOverlay(const InstanceRoot& root, bool user) {
  SCV_TRY(Mount("none", "/", nullptr, MS_REC | MS_PRIVATE, ""));
  SCV_TRY(Mount("tmpfs", root.scratch, "tmpfs", MS_NOSUID | MS_NODEV,
                "mode=0755,size=" + std::to_string(root.bytes_max)));
  if (::chdir(root.scratch.c_str()) != 0) {
    return FailErrno(ErrorKind::kInternal, "entering " + root.scratch, errno);
  }
  for (const char* part : {"upper", "work", "root"}) ::mkdir(part, 0755);
  SCV_TRY(FillUpper(UpperLayer(fs::path(root.scratch) / "upper", user), root));
  return user ? MountTrees(root) : MountLayers("/", "upper", "work", "root", false);
}

Result<void> Protect(const char* path, bool hide) {
  struct stat status {};
  if (::stat(path, &status) != 0) return {};
  if (hide) return Mount("/dev/null", path, nullptr, MS_BIND, "");
  SCV_TRY(Mount(path, path, nullptr, MS_BIND | MS_REC, ""));
  return Mount("none", path, nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | kQuiet, "");
}

// Relative to the new root, which is the working directory; /dev is still this machine's.
Result<void> MountKernelFiles() {
  SCV_TRY(Mount("proc", "proc", "proc", kQuiet, ""));
  for (const char* path : {"proc/sys", "proc/sysrq-trigger", "proc/irq", "proc/bus", "proc/fs"}) {
    SCV_TRY(Protect(path, false));
  }
  for (const char* path : {"proc/kcore", "proc/keys", "proc/timer_list", "proc/kallsyms"}) {
    SCV_TRY(Protect(path, true));
  }
  // Of the instance's own network namespace; where that is not allowed it stays empty.
  static_cast<void>(Mount("sysfs", "sys", "sysfs", kQuiet | MS_RDONLY, ""));
  return {};
}

Result<void> MountDevices(bool user) {
  SCV_TRY(Mount("tmpfs", "dev", "tmpfs", MS_NOSUID, "mode=0755,size=1m"));
  for (const char* name : {"null", "zero", "full", "random", "urandom", "tty"}) {
    const fs::path device = fs::path("dev") / name;
    const UniqueFd place(::open(device.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
    SCV_TRY(Mount((fs::path("/dev") / name).c_str(), device, nullptr, MS_BIND, ""));
  }
  ::mkdir("dev/pts", 0755);
  ::mkdir("dev/shm", 01777);
  SCV_TRY(Mount(
      "devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
      user ? "newinstance,ptmxmode=0666,mode=0620" : "newinstance,ptmxmode=0666,mode=0620,gid=5"));
  SCV_TRY(Mount("tmpfs", "dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=64m"));
  const std::array<std::array<const char*, 2>, 5> links = {{{"pts/ptmx", "dev/ptmx"},
                                                            {"/proc/self/fd", "dev/fd"},
                                                            {"/proc/self/fd/0", "dev/stdin"},
                                                            {"/proc/self/fd/1", "dev/stdout"},
                                                            {"/proc/self/fd/2", "dev/stderr"}}};
  for (const auto& [to, link] : links) {
    if (::symlink(to, link) != 0) {
      return FailErrno(ErrorKind::kInternal, std::string("linking ") + link, errno);
    }
  }
  return {};
}

Result<void> Pivot() {
  // The old root comes to lie on the new one, and is taken away from there.
  if (::syscall(SYS_pivot_root, ".", ".") != 0 || ::umount2(".", MNT_DETACH) != 0 ||
      ::chdir("/") != 0) {
    return FailErrno(ErrorKind::kDenied, "changing to the instance's root", errno);
  }
  return {};
}

}  // namespace

bool InUserNamespace() {
  std::ifstream map("/proc/self/uid_map");
  unsigned long inside = 0, outside = 0, count = 0;
  map >> inside >> outside >> count;
  return !(inside == 0 && outside == 0 && count == 4294967295UL);
}

Result<void> EnterInstanceRoot(const InstanceRoot& root) {
  const bool user = InUserNamespace();
  ::umask(022);
  SCV_TRY(MountOverlay(root, user));
  if (::chdir("root") != 0) {
    return FailErrno(ErrorKind::kInternal, "entering the instance's root", errno);
  }
  // Where this machine's root lacks one of these, or the emptied one has become a hole.
  for (const char* path : {"proc", "sys", "dev", "run", "tmp", "root", "home", "mnt", "media"}) {
    ::mkdir(path, std::string_view(path) == "root" ? 0700 : 0755);
  }
  SCV_TRY(MountKernelFiles());
  SCV_TRY(MountDevices(user));
  SCV_TRY(Mount("tmpfs", "run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=128m"));
  SCV_TRY(Mount("tmpfs", "tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=256m"));
  ::mkdir("run/lock", 0755);
  ::chmod("run/lock", 01777);
  if (::sethostname(root.hostname.data(), root.hostname.size()) != 0) {
    return FailErrno(ErrorKind::kInternal, "setting the hostname " + root.hostname, errno);
  }
  return Pivot();
}

}  // namespace scv::world
