#include "daemon/unacknowledged.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <string>
#include <vector>

#include "daemon/graph_walk.h"
#include "provider/diagnostic.h"
#include "provider/references.h"

namespace scv::daemon {
namespace {

using Clock = std::chrono::steady_clock;

// Less than the 20 s that `scv up` waits for the API.
constexpr std::chrono::seconds kDropWithin{12};
constexpr std::size_t kThreadsMax = 30;  // Terraform is run with -parallelism=30

bool DropOne(const provider::Provider& provider, const aws::Resource& resource,
             const std::function<bool()>& late) {
  try {
    const auto problems = provider.Drop(resource, late);
    for (const auto& problem : problems) {
      spdlog::warn("{} {} was not acknowledged when the last daemon died, and is not gone: {}: {}",
                   resource.key.type, resource.key.id, problem.summary, problem.detail);
    }
    return !HasError(problems);
  } catch (const std::exception& error) {
    spdlog::error("dropping {} {}: {}", resource.key.type, resource.key.id, error.what());
    return false;
  }
}

}  // namespace

void DropUnacknowledged(const provider::Provider& provider, DurableAccount& account,
                        EventLog& events, Millis now) {
  const auto state = account.State();
  const auto deadline = Clock::now() + kDropWithin;
  const auto late = [deadline] { return Clock::now() >= deadline; };
  std::vector<WalkItem> items;
  for (const auto& key : Unacknowledged(*state)) {
    const auto& resource = *state->Find(key);
    if (!provider::CheckNotNeeded(*state, resource).empty()) {
      provider.Acknowledge(key);
      continue;
    }
    events.Add(now, key.region, key.type + " " + key.id,
               "is dropped: the last daemon died before Terraform was told of it");
    items.push_back({.after = {}, .work = [&provider, &resource, late] {
                       return DropOne(provider, resource, late);
                     }});
  }
  if (!items.empty()) Walk(items, kThreadsMax, late);
}

}  // namespace scv::daemon
