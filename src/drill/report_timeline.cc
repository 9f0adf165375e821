// The picture of a run: RenderTimeline (report_html.h). Each class of requests is one path: dots
// are lines of no length with round ends, which keeps thousands of them small.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "drill/report_html.h"

namespace scv::drill {
namespace {

constexpr double kWidth = 1000, kLeft = 60, kRight = 24;
constexpr double kTop = 34, kPlotHeight = 260, kBandTop = 312, kBandHeight = 44, kHeight = 392;
constexpr double kLatencyLeast = 1, kLatencyMost = 30'000;  // ms
constexpr std::size_t kDotsMax = 6'000;
constexpr std::size_t kFailuresMax = 3'000;
constexpr std::size_t kEventsMax = 200;
constexpr int kBinsMax = 160;

class Timeline {
 public:
  explicit Timeline(const RunResult& run) : run_(run) {
    from_ = run.first_step - 2'000'000;
    until_ = std::max(run.end, run.first_step + 1'000'000);
    for (const auto& attempt : run.attempts) {
      if (IsShown(attempt)) shown_.push_back(&attempt);
    }
  }

  std::string Render() {
    Axes();
    Band();
    Marks();
    Dots();
    return fmt::format(
        "<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-labelledby=\"tt td\">"
        "<title id=\"tt\">Requests over time</title>"
        "<desc id=\"td\">{} requests, {} of them failed; the tables below say the same in "
        "words.</desc>{}</svg>",
        kWidth, kHeight, shown_.size(),
        std::ranges::count_if(shown_, [](const Attempt* attempt) { return attempt->failed(); }),
        out_);
  }

 private:
  bool IsShown(const Attempt& attempt) const {
    return attempt.end >= from_ && attempt.start <= until_;
  }
  double X(Micros at) const {
    const double share =
        static_cast<double>(at - from_) / static_cast<double>(std::max<Micros>(until_ - from_, 1));
    return kLeft + std::clamp(share, 0.0, 1.0) * (kWidth - kLeft - kRight);
  }
  static double Y(double ms) {
    const double share = std::log(std::clamp(ms, kLatencyLeast, kLatencyMost) / kLatencyLeast) /
                         std::log(kLatencyMost / kLatencyLeast);
    return kTop + kPlotHeight * (1 - share);
  }

  void Axes() {
    struct Level {
      double ms;
      const char* label;
    };
    constexpr std::array kLevels{Level{1, "1 ms"}, Level{10, "10 ms"}, Level{100, "100 ms"},
                                 Level{1000, "1 s"}, Level{10'000, "10 s"}};
    for (const auto& level : kLevels) {
      out_ += fmt::format(
          "<path class=\"grid\" d=\"M{0:.0f} {1:.1f}H{2:.0f}\"/>"
          "<text class=\"axis\" x=\"{3:.0f}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>",
          kLeft, Y(level.ms), kWidth - kRight, kLeft - 6, Y(level.ms) + 4, level.label);
    }
    const double seconds = static_cast<double>(until_ - from_) / 1e6;
    const double step = seconds <= 15 ? 1 : seconds <= 60 ? 5 : seconds <= 300 ? 30 : 120;
    for (double at = std::ceil(-2 / step) * step;
         at * 1e6 <= static_cast<double>(until_ - run_.first_step); at += step) {
      out_ += fmt::format(
          "<text class=\"axis\" x=\"{:.1f}\" y=\"{:.0f}\" text-anchor=\"middle\">{:+.0f} s</text>",
          X(run_.first_step + static_cast<Micros>(at * 1e6)), kHeight - 8, at);
    }
  }

  // The share of requests that succeeded, by when they ended.
  void Band() {
    const int bins = std::clamp(static_cast<int>(shown_.size() / 8), 10, kBinsMax);
    std::vector<int> all(static_cast<std::size_t>(bins)), good(all.size());
    for (const auto* attempt : shown_) {
      const auto share =
          static_cast<double>(attempt->end - from_) / static_cast<double>(until_ - from_);
      const auto bin =
          static_cast<std::size_t>(std::clamp(static_cast<int>(share * bins), 0, bins - 1));
      ++all[bin];
      good[bin] += attempt->failed() ? 0 : 1;
    }
    std::string area = fmt::format("M{:.0f} {:.0f}", kLeft, kBandTop + kBandHeight);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const double share = all[i] == 0 ? 0 : static_cast<double>(good[i]) / all[i];
      area += fmt::format("V{:.1f}H{:.1f}", kBandTop + kBandHeight * (1 - share),
                          kLeft + (kWidth - kLeft - kRight) * static_cast<double>(i + 1) / bins);
    }
    out_ += fmt::format(
        "<path class=\"share\" d=\"{}V{:.0f}Z\"/>"
        "<text class=\"axis\" x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"end\">success</text>",
        area, kBandTop + kBandHeight, kLeft - 6, kBandTop + kBandHeight / 2 + 4);
  }

  void Marks() {
    std::size_t events = 0;
    for (const auto& event : run_.events) {
      if (event.at < from_ || event.at > until_ || ++events > kEventsMax) continue;
      out_ += fmt::format(
          "<path class=\"{}\" d=\"M{:.1f} {:.0f}v8\"><title>{:+.2f} s {} {}</title></path>",
          PhaseOf(event).empty() ? "event" : "event phase", X(event.at), kTop + kPlotHeight + 4,
          static_cast<double>(event.at - run_.first_step) / 1e6, Escaped(event.subject),
          Escaped(event.text));
    }
    int number = 0;
    for (const auto& mark : run_.marks) {
      out_ += fmt::format(
          "<path class=\"{0}\" d=\"M{1:.1f} {2:.0f}V{3:.0f}\"><title>{4}</title></path>"
          "<text class=\"mark\" x=\"{1:.1f}\" y=\"{5:.0f}\" text-anchor=\"middle\">{6}</text>",
          mark.kind == Mark::Kind::kHeal ? "heal" : "fault", X(mark.at), kTop - 6,
          kBandTop + kBandHeight, Escaped(mark.text), kTop - 12, ++number);
    }
  }

  void Dots() {
    std::map<std::string, std::string> paths;
    const std::size_t every = shown_.size() / kDotsMax + 1;
    std::size_t number = 0, failures = 0;
    for (const auto* attempt : shown_) {
      const double y = Y(static_cast<double>(attempt->end - attempt->start) / 1000);
      if (attempt->failed()) {
        if (++failures > kFailuresMax) continue;
        paths["wait"] +=
            fmt::format("M{:.1f} {:.1f}H{:.1f}", X(attempt->start), y, X(attempt->end));
        paths["bad"] += fmt::format("M{:.1f} {:.1f}l5 5m0-5l-5 5", X(attempt->end) - 2.5, y - 2.5);
      } else if (number++ % every == 0) {
        const char* kind = attempt->number > 1        ? "again"
                           : IsWrite(attempt->action) ? "write"
                                                      : "read";
        paths[kind] += fmt::format("M{:.1f} {:.1f}h0", X(attempt->start), y);
      }
    }
    for (const char* kind : {"read", "write", "again", "wait", "bad"}) {
      if (paths[kind].empty()) continue;
      out_ += fmt::format("<path class=\"dot {}\" d=\"{}\"/>", kind, paths[kind]);
    }
  }

  const RunResult& run_;
  Micros from_ = 0, until_ = 0;
  std::vector<const Attempt*> shown_;
  std::string out_;
};

}  // namespace

std::string RenderTimeline(const RunResult& run) { return Timeline(run).Render(); }

}  // namespace scv::drill
