#include "world/linux/processes_watch.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "world/linux/processes_stat.h"

namespace scv::world {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kWakeKey = 0;
constexpr std::uint64_t kReportsKey = 1;
constexpr std::uint64_t kFirstKey = 2;
constexpr milliseconds kReportWithin{200};  // the init reports as soon as it reaps
constexpr milliseconds kConnectEvery{250};
constexpr milliseconds kTickEvery{2'000};
constexpr std::size_t kReportsMax = 2048;

void AddToEpoll(int epoll, int fd, std::uint64_t key) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = key;
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

// The process itself and no later one with its number.
UniqueFd OpenPidfd(ProcessIdentity process) {
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  if (!pidfd) return {};
  const auto stat = ReadProcessStat(process.pid);
  return stat && stat->start_ticks == process.start_ticks ? std::move(pidfd) : UniqueFd();
}

}  // namespace

ExitWatch::ExitWatch(ExitSource* source, Ended ended, std::function<void()> tick)
    : source_(source),
      ended_(std::move(ended)),
      tick_(std::move(tick)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      tick_at_(Clock::now() + kTickEvery),
      next_key_(kFirstKey) {
  AddToEpoll(epoll_.get(), wake_.get(), kWakeKey);
  Connect();
  thread_ = std::thread([this] { Run(); });
}

ExitWatch::~ExitWatch() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  Wake();
  thread_.join();
}

void ExitWatch::Wake() {
  const std::uint64_t one = 1;
  // A full counter wakes as well.
  if (::write(wake_.get(), &one, sizeof(one)) < 0) return;
}

Result<void> ExitWatch::Add(ProcessIdentity process) {
  Watched watched{.pidfd = OpenPidfd(process), .key = 0, .report_by = {}};
  {
    const std::scoped_lock lock(mutex_);
    watched.key = next_key_++;
    if (!watched.pidfd)
      watched.report_by = Clock::now() + (source_ ? kReportWithin : milliseconds(0));
    if (watched.pidfd) AddToEpoll(epoll_.get(), watched.pidfd.get(), watched.key);
    keys_[watched.key] = process;
    watched_[process] = std::move(watched);
  }
  Wake();
  return {};
}

Result<void> ExitWatch::Signal(ProcessIdentity process, int signal) {
  const std::scoped_lock lock(mutex_);
  const auto found = watched_.find(process);
  if (found == watched_.end() || !found->second.pidfd) {
    return Fail(ErrorKind::kNotFound, "the process has ended");
  }
  if (::syscall(SYS_pidfd_send_signal, found->second.pidfd.get(), signal, nullptr, 0) == 0)
    return {};
  return FailErrno(errno == ESRCH ? ErrorKind::kNotFound : ErrorKind::kDenied,
                   "sending signal " + std::to_string(signal), errno);
}

void ExitWatch::Connect() {
  if (source_ == nullptr) return;
  connect_at_ = Clock::now() + kConnectEvery;
  auto socket = source_->WatchExits();
  if (!socket) return;
  reports_socket_ = std::move(*socket);
  AddToEpoll(epoll_.get(), reports_socket_.get(), kReportsKey);
}

void ExitWatch::Run() {
  for (;;) {
    std::array<epoll_event, 32> events{};
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), Wait());
    for (int i = 0; i < count; ++i) TakeEvent(events[static_cast<std::size_t>(i)].data.u64);
    for (const auto& [process, exit_code] : TakeEnded()) ended_(process, exit_code);
    const auto now = Clock::now();
    if (source_ != nullptr && !reports_socket_ && now >= connect_at_) Connect();
    if (now >= tick_at_) {
      tick_at_ = now + kTickEvery;
      tick_();
    }
    const std::scoped_lock lock(mutex_);
    if (stopping_) return;
  }
}

int ExitWatch::Wait() {
  const std::scoped_lock lock(mutex_);
  auto next = tick_at_;
  if (source_ != nullptr && !reports_socket_) next = std::min(next, connect_at_);
  for (const auto& [process, watched] : watched_) {
    if (watched.report_by) next = std::min(next, *watched.report_by);
  }
  const auto left = std::chrono::ceil<milliseconds>(next - Clock::now());
  return static_cast<int>(std::max(left, milliseconds(0)).count());
}

void ExitWatch::TakeEvent(std::uint64_t key) {
  if (key == kReportsKey) return TakeReport();
  if (key == kWakeKey) {
    std::uint64_t count = 0;
    if (::read(wake_.get(), &count, sizeof(count)) < 0) return;
    return;
  }
  const std::scoped_lock lock(mutex_);
  const auto process = keys_.find(key);
  if (process == keys_.end()) return;
  auto& watched = watched_[process->second];
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, watched.pidfd.get(), nullptr);
  watched.report_by = Clock::now() + (reports_socket_ ? kReportWithin : milliseconds(0));
}

void ExitWatch::TakeReport() {
  const auto packet = ReceivePacket(reports_socket_.get(), Clock::now() + milliseconds(1));
  if (!packet) {
    if (packet.error().kind != ErrorKind::kTimeout) reports_socket_ = UniqueFd();
    return;
  }
  const auto report = ParseExitReport(packet->text);
  if (!report) return;
  const std::scoped_lock lock(mutex_);
  const ProcessIdentity process{report->pid, report->start_ticks};
  // The init tells its last reports again to everyone who connects.
  if (!reports_.insert_or_assign(process, report->exit_code).second) return;
  report_order_.push_back(process);
  if (report_order_.size() <= kReportsMax) return;
  reports_.erase(report_order_.front());
  report_order_.pop_front();
}

// Those whose end is known with its code, or whose code is not waited for any longer.
std::vector<std::pair<ProcessIdentity, int>> ExitWatch::TakeEnded() {
  std::vector<std::pair<ProcessIdentity, int>> ended;
  const std::scoped_lock lock(mutex_);
  const auto now = Clock::now();
  for (auto next = watched_.begin(); next != watched_.end();) {
    const auto report = reports_.find(next->first);
    const bool waited = next->second.report_by && now >= *next->second.report_by;
    if (report == reports_.end() && !waited) {
      ++next;
      continue;
    }
    ended.emplace_back(next->first, report == reports_.end() ? kExitCodeUnknown : report->second);
    keys_.erase(next->second.key);
    next = watched_.erase(next);
  }
  return ended;
}

}  // namespace scv::world
