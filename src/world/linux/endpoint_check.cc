#include "world/linux/endpoint_check.h"

#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <future>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "world/linux/dns_query.h"
#include "world/linux/endpoint_probe.h"

namespace scv::world {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kOneQuery{1000}, kToldAtLeast{1000}, kIntervalLeast{50};
constexpr int kToldAfterFailure = 10;  // Route 53's largest threshold

constexpr const char* kInternet = "internet";

}  // namespace

// One check and its thread.
class EndpointChecks::Check {
 public:
  Check(std::string id, lab::EndpointCheckSpec spec, const EndpointChecks& owner,
        std::uint64_t count, std::unique_ptr<EndpointProbe> probe, UniqueFd space, UniqueFd stop)
      : id_(std::move(id)),
        spec_(std::move(spec)),
        owner_(owner),
        count_(count),
        probe_(std::move(probe)),
        space_(std::move(space)),
        stop_(std::move(stop)) {}

  ~Check() { Stop(); }

  // Returns how many probes there were.
  std::uint64_t Stop() {
    if (thread_.joinable()) {
      eventfd_write(stop_.get(), 1);
      thread_.join();
    }
    return count_;
  }

  Result<void> Start() {
    std::promise<int> entered;
    auto outcome = entered.get_future();
    thread_ = std::thread([this, &entered] {
      const bool inside = setns(space_.get(), CLONE_NEWNET) == 0;
      entered.set_value(inside ? 0 : errno);
      if (inside) Run();
    });
    if (const int failed = outcome.get(); failed != 0) {
      return Fail(ErrorKind::kUnavailable,
                  std::string("a health check cannot enter the internet's namespace: ") +
                      std::strerror(failed));
    }
    return {};
  }

  const lab::EndpointCheckSpec& spec() const { return spec_; }

 private:
  void Run() {
    for (auto next = Clock::now(); !StoppedBy(next);) {
      const auto begun = Clock::now();
      const auto result = ProbeOnce(begun + spec_.timeout);
      if (!result) return;
      Tell(*result);
      // The beat is kept, but no probe is made up for.
      next = std::max(next + std::max(spec_.interval, kIntervalLeast), Clock::now());
    }
  }

  bool StoppedBy(Clock::time_point until) const {
    pollfd told{.fd = stop_.get(), .events = POLLIN, .revents = 0};
    for (;;) {
      const auto left =
          std::chrono::duration_cast<std::chrono::nanoseconds>(until - Clock::now()).count();
      const auto wait = std::max<std::int64_t>(0, left);
      const timespec span{.tv_sec = wait / 1'000'000'000, .tv_nsec = wait % 1'000'000'000};
      const int ready = ppoll(&told, 1, &span, nullptr);
      if (ready > 0) return true;
      if (ready == 0 && Clock::now() >= until) return false;
    }
  }

  std::optional<ProbeResult> ProbeOnce(Clock::time_point deadline) {
    auto addresses = Addresses(deadline);
    if (!addresses) return ProbeResult{false, addresses.error().message};
    if (addresses->empty()) return ProbeResult{false, "the name has no address"};
    const auto& address = Choose(*addresses);
    auto result = probe_->Run(address, deadline, stop_.get());
    if (result) (result->ok ? good_ : bad_) = address;
    if (result && !result->ok) good_.clear();
    return result;
  }

  Result<std::vector<std::string>> Addresses(Clock::time_point deadline) const {
    if (!spec_.address.empty()) return std::vector{spec_.address};
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    auto addresses = QueryDns(-1, owner_.resolver_, spec_.name, "A",
                              std::clamp(left, milliseconds(1), kOneQuery));
    if (addresses) std::ranges::sort(*addresses);
    return addresses;
  }

  // The one that answered last time, else the one after that which failed.
  const std::string& Choose(const std::vector<std::string>& addresses) const {
    const auto same = std::ranges::find(addresses, good_);
    if (!good_.empty() && same != addresses.end()) return *same;
    const auto next = std::ranges::upper_bound(addresses, bad_);
    return next == addresses.end() ? addresses.front() : *next;
  }

  void Tell(const ProbeResult& result) {
    const auto now = Clock::now();
    const bool differs = last_.count == 0 || result.ok != last_.ok || result.detail != last_.detail;
    after_failure_ = result.ok ? after_failure_ + 1 : 0;
    last_.ok = result.ok;
    last_.detail = result.detail;
    ++count_;
    last_.count = count_;
    if (!differs && after_failure_ > kToldAfterFailure && now < told_at_ + kToldAtLeast) return;
    told_at_ = now;
    owner_.sink_(id_, last_);
  }

  const std::string id_;
  const lab::EndpointCheckSpec spec_;
  const EndpointChecks& owner_;
  std::uint64_t count_;
  lab::CheckSighting last_;
  int after_failure_ = 0;  // successes in a row
  Clock::time_point told_at_;
  std::string good_, bad_;  // addresses
  std::unique_ptr<EndpointProbe> probe_;
  UniqueFd space_, stop_;
  std::thread thread_;
};

EndpointChecks::EndpointChecks(Network& network, std::string resolver, Sink sink)
    : network_(network), resolver_(std::move(resolver)), sink_(std::move(sink)) {}
EndpointChecks::~EndpointChecks() = default;

Result<void> EndpointChecks::Ensure(const std::string& id, const lab::EndpointCheckSpec& spec) {
  const std::lock_guard lock(mutex_);
  const auto known = checks_.find(id);
  if (known != checks_.end() && known->second->spec() == spec) return {};
  if (known == checks_.end() && checks_.size() >= kMost) {
    return Fail(ErrorKind::kOverloaded,
                "the lab carries out " + std::to_string(kMost) + " health checks at most");
  }
  SCV_ASSIGN(UniqueFd space, network_.NamespaceOf(kInternet));
  SCV_ASSIGN(auto probe, EndpointProbe::Make(spec));
  UniqueFd stop(eventfd(0, EFD_CLOEXEC));
  if (stop.get() < 0) {
    return Fail(ErrorKind::kUnavailable, std::string("an eventfd: ") + std::strerror(errno));
  }
  std::uint64_t count = 0;
  if (known != checks_.end()) {
    // Counted on: a count that was seen stays the same probe.
    count = known->second->Stop();
    checks_.erase(known);
  }
  auto check = std::make_unique<Check>(id, spec, *this, count, std::move(probe), std::move(space),
                                       std::move(stop));
  SCV_TRY(check->Start());
  checks_.emplace(id, std::move(check));
  return {};
}

void EndpointChecks::Remove(const std::string& id) {
  const std::lock_guard lock(mutex_);
  checks_.erase(id);
}

}  // namespace scv::world
