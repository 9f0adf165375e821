#include <algorithm>
#include <boost/asio/post.hpp>

#include "memo/service/dispatcher.h"

namespace scv::memo {

Home::~Home() {
  for (const auto& job : waiting_) job->on_done = nullptr;
  for (const auto& done : delivered_) done.job->on_done = nullptr;
}

void Home::Expect(std::shared_ptr<Job> job) { waiting_.push_back(std::move(job)); }

void Home::Deliver(std::vector<Done> done) {
  std::lock_guard lock(mutex_);
  if (delivered_.empty()) {
    delivered_ = std::move(done);
  } else {
    std::move(done.begin(), done.end(), std::back_inserter(delivered_));
  }
  if (wake_posted_) return;
  wake_posted_ = true;
  boost::asio::post(io_, [this] { RunDelivered(); });
}

void Home::RunDelivered() {
  std::vector<Done> done;
  {
    std::lock_guard lock(mutex_);
    done.swap(delivered_);
    wake_posted_ = false;
  }
  for (Done& item : done) {
    if (item.job->claimed.exchange(true)) continue;
    item.job->error = std::move(item.error);
    auto on_done = std::move(item.job->on_done);
    on_done();
  }
  std::erase_if(waiting_, [](const auto& job) { return job->claimed.load(); });
}

void Home::GiveUpExpired(SteadyTime now) {
  std::vector<std::shared_ptr<Job>> expired;
  for (const auto& job : waiting_) {
    if (job->deadline <= now && !job->claimed.exchange(true)) expired.push_back(job);
  }
  if (expired.empty()) return;
  std::erase_if(waiting_, [](const auto& job) { return job->claimed.load(); });
  for (const auto& job : expired) {
    job->error = Error{ErrorKind::kTimeout, "the database did not answer within the deadline"};
    auto on_done = std::move(job->on_done);
    on_done();
  }
}

}  // namespace scv::memo
