#include "control/scaling_metric.h"

#include <algorithm>
#include <iterator>

namespace scv::control {

std::string MetricKey(std::string_view metric, std::string_view target_group) {
  std::string key(metric);
  key += '/';
  key += target_group;
  return key;
}

void Statistic::Add(double value, double weight) {
  if (weight <= 0) return;
  minimum = count == 0 ? value : std::min(minimum, value);
  maximum = count == 0 ? value : std::max(maximum, value);
  sum += value * weight;
  count += weight;
}

void Statistic::Merge(const Statistic& other) {
  if (other.count == 0) return;
  minimum = count == 0 ? other.minimum : std::min(minimum, other.minimum);
  maximum = count == 0 ? other.maximum : std::max(maximum, other.maximum);
  sum += other.sum;
  count += other.count;
}

std::optional<double> Statistic::Get(std::string_view statistic) const {
  if (count == 0) return std::nullopt;
  if (statistic == "Average") return sum / count;
  if (statistic == "Sum") return sum;
  if (statistic == "Minimum") return minimum;
  if (statistic == "Maximum") return maximum;
  if (statistic == "SampleCount") return count;
  return std::nullopt;
}

MetricHistory::MetricHistory(Millis resolution, std::size_t keep) {
  resolution_ = std::max<Millis>(resolution, 1);
  keep_ = std::clamp<std::size_t>(keep, 1, kMost);
}

void MetricHistory::Configure(Millis resolution, std::size_t keep) {
  if (resolution != resolution_) *this = MetricHistory(resolution, keep);
  keep_ = std::clamp<std::size_t>(keep, 1, kMost);
  while (points_.size() > keep_) points_.pop_front();
}

MetricHistory::Point* MetricHistory::At(Millis start) {
  // After a long silence nothing that is kept is of use.
  const Millis span = resolution_ * static_cast<Millis>(keep_);
  if (!points_.empty() && start - points_.back().start >= span) points_.clear();
  if (points_.empty()) points_.push_back({.start = start, .values = {}});
  while (points_.back().start < start) {
    points_.push_back({.start = points_.back().start + resolution_, .values = {}});
  }
  while (points_.size() > keep_) points_.pop_front();
  if (start < points_.front().start) {
    if (points_.back().start - start >= span) return nullptr;
    while (points_.front().start > start) {
      points_.push_front({.start = points_.front().start - resolution_, .values = {}});
    }
  }
  return &points_[static_cast<std::size_t>((start - points_.front().start) / resolution_)];
}

void MetricHistory::Add(std::string_view metric, Millis at, double value, double weight) {
  if (at < 0) return;
  auto* point = At(at - at % resolution_);
  if (point == nullptr) return;
  auto found = point->values.find(metric);
  if (found == point->values.end()) found = point->values.emplace(metric, Statistic{}).first;
  found->second.Add(value, weight);
}

void MetricHistory::AddLevel(std::string_view metric, Millis from, Millis to, double value) {
  if (to <= from || from < 0) return;
  from = std::max(from, to - resolution_ * static_cast<Millis>(keep_));
  for (Millis start = from - from % resolution_; start < to; start += resolution_) {
    const Millis overlap = std::min(to, start + resolution_) - std::max(from, start);
    Add(metric, start, value, static_cast<double>(overlap) / static_cast<double>(resolution_));
  }
}

void MetricHistory::AddTotal(std::string_view metric, Millis from, Millis to, double value) {
  if (to <= from || from < 0) return;
  const double rate = value / static_cast<double>(to - from);
  from = std::max(from, to - resolution_ * static_cast<Millis>(keep_));
  for (Millis start = from - from % resolution_; start < to; start += resolution_) {
    const Millis overlap = std::min(to, start + resolution_) - std::max(from, start);
    Add(metric, start, rate * static_cast<double>(overlap));
  }
}

Statistic MetricHistory::Aggregate(std::string_view metric, Millis end, Millis period) const {
  Statistic all;
  if (points_.empty()) return all;
  const Millis first = points_.front().start;
  for (Millis start = std::max(end - period, first); start < end; start += resolution_) {
    const auto index = static_cast<std::size_t>((start - first) / resolution_);
    if (index >= points_.size()) break;
    const auto found = points_[index].values.find(metric);
    if (found != points_[index].values.end()) all.Merge(found->second);
  }
  return all;
}

std::vector<std::optional<double>> MetricHistory::Series(std::string_view metric,
                                                         std::string_view statistic, Millis end,
                                                         Millis period, int count) const {
  std::vector<std::optional<double>> series;
  series.reserve(static_cast<std::size_t>(std::max(count, 0)));
  for (int i = count - 1; i >= 0; --i) {
    series.push_back(Aggregate(metric, end - i * period, period).Get(statistic));
  }
  return series;
}

}  // namespace scv::control
