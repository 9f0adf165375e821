// What a group is measured by: a bounded history of data points per metric, CloudWatch's way.
#ifndef SCV_CONTROL_SCALING_METRIC_H_
#define SCV_CONTROL_SCALING_METRIC_H_

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace scv::control {

// Keys of metrics. Per target group: the metric, "/" and the target group's name.
inline constexpr std::string_view kCpuUtilization = "CPUUtilization";  // percent, warm ones
inline constexpr std::string_view kRequestCount = "RequestCount";      // per minute of AWS
inline constexpr std::string_view kRequestsPerTarget = "RequestCountPerTarget";
inline constexpr std::string_view kTarget5xx = "HTTPCode_Target_5XX_Count";  // per minute of AWS
inline constexpr std::string_view kHealthyHosts = "HealthyHostCount";
inline constexpr std::string_view kUnhealthyHosts = "UnHealthyHostCount";
inline constexpr std::string_view kInService = "GroupInServiceInstances";
inline constexpr std::string_view kDesiredCapacity = "GroupDesiredCapacity";
std::string MetricKey(std::string_view metric, std::string_view target_group);

// As CloudWatch aggregates values of one period.
struct Statistic {
  double sum = 0, minimum = 0, maximum = 0;
  double count = 0;
  void Add(double value, double weight = 1);  // weight: how many samples it stands for
  void Merge(const Statistic& other);
  std::optional<double> Get(std::string_view statistic) const;  // "Average", …; nullopt: unknown
  bool operator==(const Statistic&) const = default;
};

// Data points of MetricPeriod() each, aligned to multiples of it. At most kMost are kept (a day of
// minutes, CloudWatch's limit for an alarm), fewer when fewer are needed.
class MetricHistory {
 public:
  static constexpr std::size_t kMost = 1'440;

  struct Point {
    Millis start = 0;  // a multiple of the resolution
    std::map<std::string, Statistic, std::less<>> values;
    bool operator==(const Point&) const = default;
  };

  MetricHistory() : MetricHistory(1'000, 32) {}
  MetricHistory(Millis resolution, std::size_t keep);

  // Changing the resolution forgets everything.
  void Configure(Millis resolution, std::size_t keep);

  // A value at an instant. Instants older than what is kept are dropped.
  void Add(std::string_view metric, Millis at, double value, double weight = 1);
  // A level that held over (from, to]: counts in every point it overlaps (at most kMost of them).
  void AddLevel(std::string_view metric, Millis from, Millis to, double value);
  // A total that grew by `value` over (from, to]: spread over the points it overlaps.
  void AddTotal(std::string_view metric, Millis from, Millis to, double value);

  // The data point of the `period` (a multiple of the resolution) that ends at `end`.
  Statistic Aggregate(std::string_view metric, Millis end, Millis period) const;
  // `count` of them, oldest first, the last one ending at `end`.
  std::vector<std::optional<double>> Series(std::string_view metric, std::string_view statistic,
                                            Millis end, Millis period, int count) const;

  Millis resolution() const { return resolution_; }
  const std::deque<Point>& points() const { return points_; }
  void Restore(std::deque<Point> points) { points_ = std::move(points); }
  bool operator==(const MetricHistory&) const = default;

 private:
  Point* At(Millis start);

  Millis resolution_;
  std::size_t keep_;
  std::deque<Point> points_;  // by start, without gaps
};

}  // namespace scv::control

#endif  // SCV_CONTROL_SCALING_METRIC_H_
