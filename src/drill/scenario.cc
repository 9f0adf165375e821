#include "drill/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <limits>

#include "drill/scenario_reader.h"
#include "drill/selector.h"

namespace scv::drill {
namespace {

namespace json = boost::json;

constexpr std::size_t kStepsMax = 32;
constexpr std::size_t kFileBytesMax = 64 << 10;
constexpr double kSecondsMax = 3600;

// What each kind of injection needs to know.
struct Kind {
  std::string_view name;
  bool part = false, zone = false, region = false, wide_area = false;
};
constexpr Kind kKinds[] = {
    {.name = "kill", .part = true},           {.name = "pause", .part = true},
    {.name = "zone-power", .zone = true},     {.name = "zone-partition", .zone = true},
    {.name = "region-power", .region = true}, {.name = "region-partition", .region = true},
    {.name = "isolate", .part = true},        {.name = "wide-area", .wide_area = true},
    {.name = "disk-full", .part = true},      {.name = "daemon-kill"},
    {.name = "rolling-deployment"},           {.name = "rotate-secret"},
    {.name = "failover", .region = true},
};

void CheckSelector(ScenarioReader& reader, std::string_view member, bool needed,
                   const std::string& text, bool (*valid)(std::string_view),
                   std::string_view words) {
  if (!needed && !text.empty()) return reader.Complain(member, "means nothing to this kind");
  if (needed && !valid(text)) {
    reader.Complain(member, fmt::format("must be one of: {}; or \"named …\"", words));
  }
}

Injection ReadInjection(ScenarioReader reader) {
  Injection injection;
  injection.kind = reader.Text("kind", true);
  injection.part = reader.Text("part");
  injection.zone = reader.Text("zone");
  injection.region = reader.Text("region");
  injection.delay_ms = static_cast<int>(reader.Whole("delay_ms", 0, 10'000).value_or(0));
  injection.loss_percent = static_cast<int>(reader.Whole("loss_percent", 0, 100).value_or(0));
  injection.force = reader.Flag("force");
  const auto* kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [&](const Kind& known) { return known.name == injection.kind; });
  if (kind == std::end(kKinds)) {
    std::string known;
    for (const auto& each : kKinds) known += (known.empty() ? "" : ", ") + std::string(each.name);
    reader.Complain("kind", "must be one of: " + known);
  } else {
    CheckSelector(reader, "part", kind->part, injection.part, IsPartSelector, kPartSelectors);
    CheckSelector(reader, "zone", kind->zone, injection.zone, IsZoneSelector, kZoneSelectors);
    CheckSelector(reader, "region", kind->region, injection.region, IsRegionSelector,
                  kRegionSelectors);
    const bool wide = injection.delay_ms > 0 || injection.loss_percent > 0;
    if (wide && !kind->wide_area) reader.Complain("delay_ms", "means nothing to this kind");
  }
  reader.End();
  return injection;
}

Step ReadStep(ScenarioReader reader, std::string& problem, bool first) {
  Step step;
  const auto at = reader.Number("at_s", 0, kSecondsMax);
  step.at_s = at.value_or(0);
  step.after = reader.Word("after", {"steady", "detect", "decide", "act", "restored"}, "");
  step.within_s = reader.Number("within_s", 0.1, kSecondsMax).value_or(60);
  step.heal = reader.Flag("heal");
  if (const auto* inject = reader.Object("inject")) {
    step.inject = ReadInjection({*inject, reader.PathOf("inject"), problem});
  }
  if (step.heal == step.inject.has_value()) {
    reader.Complain("inject", "or \"heal\": true, one of both, is what a step does");
  }
  if (at && !step.after.empty()) reader.Complain("at_s", "and after: a step has one of both");
  if (first && !step.after.empty())
    reader.Complain("after", "has nothing to follow: the first step");
  reader.End();
  return step;
}

void ReadSteps(ScenarioReader& reader, Scenario& scenario, std::string& problem) {
  const auto* steps = reader.Array("steps", true);
  if (steps == nullptr) return;
  if (steps->empty() || steps->size() > kStepsMax) {
    reader.Complain("steps", fmt::format("must be 1 to {}", kStepsMax));
  }
  double last = 0;
  for (std::size_t i = 0; i < steps->size() && i < kStepsMax; ++i) {
    const auto path = fmt::format("steps[{}]", i);
    const auto& value = steps->at(i);
    if (!value.is_object()) {
      reader.Complain(path, "must be an object");
      continue;
    }
    scenario.steps.push_back(ReadStep({value.get_object(), path, problem}, problem, i == 0));
    const Step& step = scenario.steps.back();
    if (!step.after.empty()) continue;
    if (step.at_s < last) reader.Complain(path + ".at_s", "must not be before the step above");
    last = step.at_s;
  }
}

Needs ReadNeeds(ScenarioReader reader) {
  Needs needs;
  needs.regions = static_cast<int>(reader.Whole("regions", 1, 2).value_or(1));
  needs.standby = reader.Flag("standby");
  needs.replica = reader.Flag("replica");
  needs.terraform = reader.Flag("terraform");
  needs.durability = reader.Word("durability", {"region", "global"}, "region");
  reader.End();
  return needs;
}

Expectations ReadExpectations(ScenarioReader reader) {
  Expectations expect;
  expect.rpo_max = reader.Whole("rpo_max", 0, 1'000'000).value_or(0);
  expect.rto_max_ms = reader.Number("rto_max_ms", 0, kSecondsMax * 1000);
  expect.failed_requests_max = reader.Whole("failed_requests_max", 0, 1'000'000);
  expect.failed_operations_max = reader.Whole("failed_operations_max", 0, 1'000'000).value_or(0);
  if (reader.Null("redundancy_within_s")) {
    expect.redundancy_within_s.reset();
  } else {
    expect.redundancy_within_s = reader.Number("redundancy_within_s", 0, kSecondsMax).value_or(60);
  }
  reader.End();
  return expect;
}

StopConditions ReadStop(ScenarioReader reader) {
  StopConditions stop;
  stop.silence_s = reader.Number("silence_s", 1, kSecondsMax).value_or(stop.silence_s);
  stop.duration_s = reader.Number("duration_s", 1, kSecondsMax).value_or(stop.duration_s);
  reader.End();
  return stop;
}

void ReadTitle(ScenarioReader reader, Scenario& scenario) {
  scenario.title = reader.Text("en", true);
  scenario.title_ko = reader.Text("ko", true);
  reader.End();
}

Scenario ReadScenario(const json::object& object, std::string_view name, std::string& problem) {
  Scenario scenario;
  ScenarioReader reader(object, "", problem);
  scenario.name = reader.Text("name", true);
  if (scenario.name != name) {
    reader.Complain("name", fmt::format("must be \"{}\", as the file is called", name));
  }
  if (const auto* title = reader.Object("title")) {
    ReadTitle({*title, "title", problem}, scenario);
  } else {
    reader.Complain("title", "is missing");
  }
  scenario.about = reader.Text("about", true);
  if (const auto* needs = reader.Object("needs"))
    scenario.needs = ReadNeeds({*needs, "needs", problem});
  scenario.warm_up_s = reader.Number("warm_up_s", 0.5, 60).value_or(scenario.warm_up_s);
  scenario.observe_s = reader.Number("observe_s", 0.5, kSecondsMax).value_or(scenario.observe_s);
  ReadSteps(reader, scenario, problem);
  if (const auto* expect = reader.Object("expect")) {
    scenario.expect = ReadExpectations({*expect, "expect", problem});
  }
  if (const auto* stop = reader.Object("stop")) scenario.stop = ReadStop({*stop, "stop", problem});
  reader.End();
  return scenario;
}

Result<std::string> ReadFile(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in.good() && !in.eof()) return Fail(ErrorKind::kUnavailable, "cannot read " + file.string());
  if (text.size() > kFileBytesMax) return Fail(ErrorKind::kInvalid, file.string() + " is too long");
  return text;
}

}  // namespace

Result<Scenario> ParseScenario(std::string_view name, std::string_view text) {
  boost::system::error_code code;
  const auto value = json::parse(text, code);
  if (code) return Fail(ErrorKind::kInvalid, "no JSON: " + code.message());
  if (!value.is_object()) return Fail(ErrorKind::kInvalid, "must be a JSON object");
  std::string problem;
  auto scenario = ReadScenario(value.get_object(), name, problem);
  if (!problem.empty()) return Fail(ErrorKind::kInvalid, problem);
  return scenario;
}

Result<std::vector<Scenario>> LoadScenarios(const std::filesystem::path& directory) {
  std::error_code code;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory, code)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  if (code) {
    return Fail(ErrorKind::kNotFound,
                "no scenarios: " + directory.string() + ": " + code.message());
  }
  std::sort(files.begin(), files.end());
  std::vector<Scenario> scenarios;
  for (const auto& file : files) {
    SCV_ASSIGN(const auto text, ReadFile(file));
    auto scenario = ParseScenario(file.stem().string(), text);
    if (!scenario) {
      return Fail(ErrorKind::kInvalid, file.string() + ": " + scenario.error().message);
    }
    scenarios.push_back(*std::move(scenario));
  }
  return scenarios;
}

Expectations AtAwsPace(Expectations expect) {
  // A failover takes 60 to 120 s, names and health checks come on top.
  constexpr double kRedundancyWithin = 240;
  expect.rto_max_ms.reset();
  expect.failed_requests_max.reset();
  expect.failed_operations_max = std::numeric_limits<long long>::max();
  if (expect.redundancy_within_s) expect.redundancy_within_s = kRedundancyWithin;
  return expect;
}

}  // namespace scv::drill
