#include "drill/poller.h"

#include <condition_variable>

namespace scv::drill {
namespace {

constexpr std::size_t kChangesMax = 10'000;

}  // namespace

Poller::Poller(const DaemonApi& api)
    : api_(api), thread_([this](const std::stop_token& stop) { Run(stop); }) {}

void Poller::Run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  while (!stop.stop_requested()) {
    const auto status = api_.Get("/v1/status");
    auto picture = status ? ReadPicture(*status) : Picture{};
    Glance glance{NowMicros(), picture.whole, picture.missing};
    if (!status) glance.missing = "the daemon does not answer";
    {
      const std::lock_guard lock(mutex_);
      const bool changed = last_.at == 0 || last_.whole != glance.whole;
      if (changed && changes_.size() < kChangesMax) changes_.push_back(glance);
      if (status) picture_ = std::move(picture);
      last_ = std::move(glance);
    }
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, kLookEvery, [] { return false; });
  }
}

Picture Poller::picture() const {
  const std::lock_guard lock(mutex_);
  return picture_;
}

Glance Poller::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

std::vector<Glance> Poller::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

}  // namespace scv::drill
