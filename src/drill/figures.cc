#include "drill/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace scv::drill {
namespace {

double Ms(Micros time) { return static_cast<double>(time) / 1000; }

// The attempts of one share, by start.
std::vector<const Attempt*> Sorted(const std::vector<Attempt>& attempts, Share share) {
  std::vector<const Attempt*> sorted;
  for (const auto& attempt : attempts) {
    if (IsWrite(attempt.action) == (share == Share::kWrites)) sorted.push_back(&attempt);
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Attempt* a, const Attempt* b) { return a->start < b->start; });
  return sorted;
}

void Count(const std::vector<const Attempt*>& attempts, Micros from, Availability& found) {
  std::vector<double> latencies;
  for (const auto* attempt : attempts) {
    ++found.requests;
    found.operations += attempt->last ? 1 : 0;
    if (attempt->failed()) {
      ++found.failed_requests;
      found.failed_operations += attempt->last ? 1 : 0;
      found.failed_before += attempt->end < from ? 1 : 0;
    } else {
      latencies.push_back(Ms(attempt->end - attempt->start));
    }
  }
  if (latencies.empty()) return;
  found.p50_ms = Percentile(latencies, 0.5);
  found.p99_ms = Percentile(latencies, 0.99);
  found.max_ms = *std::max_element(latencies.begin(), latencies.end());
}

void MeasureGap(const std::vector<const Attempt*>& attempts, Micros from, Micros until,
                Availability& found) {
  std::vector<Micros> successes;
  for (const auto* attempt : attempts) {
    if (!attempt->failed() && attempt->end > from && attempt->end < until) {
      successes.push_back(attempt->end);
    }
  }
  std::sort(successes.begin(), successes.end());
  successes.push_back(until);
  Micros last = from;
  for (const Micros success : successes) {
    found.gap_max_ms = std::max(found.gap_max_ms, Ms(success - last));
    last = success;
  }
}

void MeasureOutage(const std::vector<const Attempt*>& attempts, Micros from, Availability& found) {
  const Attempt* first = nullptr;
  const Attempt* last = nullptr;
  for (const auto* attempt : attempts) {
    if (!attempt->failed() || attempt->end < from) continue;
    if (first == nullptr) first = attempt;
    last = attempt;
  }
  if (first == nullptr) return;
  const Micros begin = std::max(first->start, from);
  found.rto_ms.reset();
  for (const auto* attempt : attempts) {
    if (attempt->failed() || attempt->start < last->start || attempt->end < from) continue;
    if (!found.recovered || attempt->end < *found.recovered) found.recovered = attempt->end;
  }
  if (found.recovered) found.rto_ms = Ms(*found.recovered - begin);
}

void MeasureClients(const std::vector<const Attempt*>& attempts, Micros from, Availability& found) {
  std::map<int, Micros> failing;  // client → since
  std::vector<const Attempt*> by_end = attempts;
  std::stable_sort(by_end.begin(), by_end.end(),
                   [](const Attempt* a, const Attempt* b) { return a->end < b->end; });
  for (const auto* attempt : by_end) {
    if (attempt->end < from) continue;
    const auto since = failing.find(attempt->client);
    if (attempt->failed()) {
      if (since == failing.end()) failing[attempt->client] = std::max(attempt->start, from);
    } else if (since != failing.end()) {
      found.worst_client_ms = std::max(found.worst_client_ms, Ms(attempt->end - since->second));
      failing.erase(since);
    }
  }
}

// The first event of a phase from `from` on; of "act", the last before `until`.
const LabEvent* FindPhase(const std::vector<LabEvent>& events, std::string_view phase, Micros from,
                          Micros until) {
  const LabEvent* found = nullptr;
  for (const auto& event : events) {
    if (event.at < from || PhaseOf(event) != phase) continue;
    if (found != nullptr && (phase != "act" || event.at > until)) continue;
    found = &event;
  }
  return found;
}

// What the lab noticed first, when no database failed over.
const LabEvent* FindFirstNotice(const std::vector<LabEvent>& events, Micros from) {
  for (const auto& event : events) {
    const bool notices = event.source == "part" || event.source == "fleet" ||
                         event.source == "health check" || event.source == "region";
    if (event.at >= from && notices) return &event;
  }
  return nullptr;
}

std::string Told(const LabEvent& event) { return event.subject + " " + event.text; }

}  // namespace

double Percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto rank = static_cast<std::size_t>(
      std::max(1.0, std::ceil(share * static_cast<double>(values.size()))));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(rank - 1),
                   values.end());
  return values[rank - 1];
}

std::string Shown(std::optional<double> ms) {
  if (!ms) return "–";
  if (*ms == 0) return "0";
  if (*ms < 10) return fmt::format("{:.1f} ms", *ms);
  return *ms < 1000 ? fmt::format("{:.0f} ms", *ms) : fmt::format("{:.1f} s", *ms / 1000);
}

Availability Measure(const std::vector<Attempt>& attempts, Share share, Micros from, Micros until) {
  const auto sorted = Sorted(attempts, share);
  Availability found;
  Count(sorted, from, found);
  MeasureGap(sorted, from, until, found);
  MeasureOutage(sorted, from, found);
  MeasureClients(sorted, from, found);
  return found;
}

std::vector<Phase> PhasesOf(const std::vector<LabEvent>& events, Micros from,
                            std::optional<Micros> recovered) {
  const Micros until = recovered.value_or(std::numeric_limits<Micros>::max());
  std::vector<Phase> phases;
  Micros last = from;
  bool told = false;
  for (const char* name : {"detect", "decide", "act"}) {
    const auto* event = FindPhase(events, name, from, until);
    if (event == nullptr && name == std::string_view("detect")) {
      event = FindFirstNotice(events, from);
    }
    Phase phase{.name = name, .took_ms = {}, .told_by = ""};
    if (event != nullptr) {
      phase.took_ms = Ms(std::max<Micros>(0, event->at - last));
      phase.told_by = Told(*event);
      last = std::max(last, event->at);
      told = true;
    }
    phases.push_back(std::move(phase));
  }
  Phase reconnect{.name = "reconnect", .took_ms = {}, .told_by = ""};
  if (recovered) {
    reconnect.took_ms = Ms(std::max<Micros>(0, *recovered - last));
    reconnect.told_by = told ? "the first success" : "the first success, since the fault";
  }
  phases.push_back(std::move(reconnect));
  return phases;
}

}  // namespace scv::drill
