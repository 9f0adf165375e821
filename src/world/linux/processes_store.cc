#include "world/linux/processes_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>
#include <utility>

#include "world/linux/lab_init_packets.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds kLaunchesEndWithin{12'000};
constexpr milliseconds kRetryEvery{2};

Result<UniqueFd> Lock(const fs::path& path, int operation) {
  UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return FailErrno(ErrorKind::kUnavailable, "opening " + path.string(), errno);
  if (::flock(file.get(), operation | LOCK_NB) == 0) return file;
  if (errno == EWOULDBLOCK) return Fail(ErrorKind::kConflict, path.string() + " is locked");
  return FailErrno(ErrorKind::kInternal, "locking " + path.string(), errno);
}

// flock(2) has no deadline of its own.
Result<void> AwaitLaunches(const fs::path& path) {
  const auto deadline = std::chrono::steady_clock::now() + kLaunchesEndWithin;
  for (;;) {
    const auto lock = Lock(path, LOCK_EX);
    if (lock) return {};
    if (lock.error().kind != ErrorKind::kConflict) return std::unexpected(lock.error());
    if (std::chrono::steady_clock::now() >= deadline) {
      return Fail(ErrorKind::kTimeout, "a launch of the daemon before this one does not end");
    }
    std::this_thread::sleep_for(kRetryEvery);
  }
}

std::string Hash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a: the same in every process and build
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  std::ostringstream hex;
  hex << std::hex << hash;
  return hex.str();
}

// The checkout that this program was built in; "": none.
fs::path CheckoutOf(const fs::path& program) {
  std::error_code failed;
  for (fs::path place = program.parent_path(); place.has_relative_path();
       place = place.parent_path()) {
    if (fs::exists(place / ".git", failed)) return place;
  }
  return {};
}

}  // namespace

ProcessStore::ProcessStore(fs::path directory, UniqueFd owner)
    : directory_(std::move(directory)), owner_(std::move(owner)) {
  const char* state = std::getenv("SCV_LAB_STATE");
  lab_ = state != nullptr && *state != '\0' ? fs::path(state) : directory_;
}

Result<ProcessStore> ProcessStore::Open(fs::path directory) {
  std::error_code failed;
  for (const char* part : {"records", "root"}) fs::create_directories(directory / part, failed);
  if (!failed) directory = fs::canonical(directory, failed);
  if (failed) {
    return Fail(ErrorKind::kUnavailable, "making " + directory.string() + ": " + failed.message());
  }
  auto owner = Lock(directory / "owner.lock", LOCK_EX);
  if (!owner && owner.error().kind == ErrorKind::kConflict) {
    return Fail(ErrorKind::kConflict,
                "another daemon holds " + directory.string() + "; one lab has one daemon");
  }
  if (!owner) return std::unexpected(std::move(owner).error());
  SCV_TRY(AwaitLaunches(directory / "launch.lock"));
  return ProcessStore(std::move(directory), std::move(*owner));
}

fs::path ProcessStore::RecordPath(std::string_view name) const {
  std::string file(name);
  std::ranges::replace(file, '/', '+');
  return directory_ / "records" / (file + ".json");
}

Result<std::vector<ProcessRecord>> ProcessStore::Records() const {
  std::vector<ProcessRecord> records;
  std::error_code failed;
  for (fs::directory_iterator next(directory_ / "records", failed), end; !failed && next != end;
       next.increment(failed)) {
    if (next->path().extension() != ".json") continue;  // one that was never completed
    std::ifstream in(next->path());
    const std::string text(std::istreambuf_iterator<char>(in), {});
    auto record = ParseProcessRecord(text);
    if (!record) {
      return Fail(ErrorKind::kInternal, next->path().string() + ": " + record.error().message +
                                            "; end the lab with `./scv down` and start it again");
    }
    records.push_back(std::move(*record));
  }
  if (failed) return Fail(ErrorKind::kUnavailable, "reading the records: " + failed.message());
  return records;
}

void ProcessStore::Remove(std::string_view name) const { ::unlink(RecordPath(name).c_str()); }

Result<UniqueFd> ProcessStore::LockForLaunch() const {
  return Lock(directory_ / "launch.lock", LOCK_SH);
}

std::vector<std::string> ProcessStore::HiddenPaths() const {
  std::error_code failed;
  std::vector<fs::path> places{lab_, directory_,
                               CheckoutOf(fs::read_symlink("/proc/self/exe", failed))};
  if (const char* root = std::getenv("SCV_ROOT")) places.emplace_back(root);
  std::vector<std::string> hidden;
  for (const auto& place : places) {
    const fs::path real = fs::canonical(place, failed);
    if (!failed && real.has_relative_path()) hidden.push_back(real.string());
  }
  // A path inside of one that is hidden itself needs nothing, and has nowhere to be put.
  std::ranges::sort(hidden);
  std::vector<std::string> outermost;
  for (const auto& path : hidden) {
    const bool inside = std::ranges::any_of(outermost, [&](const std::string& outer) {
      return path == outer || path.starts_with(outer + "/");
    });
    if (!inside) outermost.push_back(path);
  }
  return outermost;
}

Result<LaunchSpec> ProcessStore::ToLaunch(const ProcessSpec& spec) const {
  std::error_code failed;
  if (!spec.log.empty()) fs::create_directories(spec.log.parent_path(), failed);
  LaunchSpec launch;
  launch.name = spec.name;
  launch.arguments = spec.arguments;
  launch.environment = spec.environment;
  launch.working_directory = spec.working_directory.string();
  launch.log = spec.log.string();
  launch.record = RecordPath(spec.name).string();
  launch.has_network = spec.network_namespace >= 0;
  launch.batch = spec.batch;
  for (const auto& [fd, number] : spec.descriptors) launch.numbers.push_back(number);
  if (spec.instance) {
    InstanceRoot root;
    root.scratch = (directory_ / "root").string();
    root.hidden = HiddenPaths();
    root.hostname = spec.instance->hostname;
    root.resolver = spec.instance->resolver;
    root.trusted_roots = spec.instance->trusted_roots.string();
    if (InUserNamespace()) {
      root.skeleton = (directory_ / "skeleton").string();
      SCV_TRY(PrepareSkeleton(root.skeleton));
    }
    launch.instance = std::move(root);
  }
  launch.spec_hash = Hash(ToJson(launch));
  return launch;
}

}  // namespace scv::world
