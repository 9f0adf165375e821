#include "daemon/metrics_text.h"

#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>

namespace scv::daemon {
namespace {

using Families = prometheus::Registry;

void AddParts(const ControlLoop::View& view, Families& registry) {
  std::map<std::pair<std::string, std::string>, int> counts;
  for (const auto& [key, part] : view.parts) {
    ++counts[{std::string(Name(key.kind)), std::string(Name(part.phase))}];
  }
  auto& family = prometheus::BuildGauge()
                     .Name("scv_parts")
                     .Help("Parts of the lab by kind and phase")
                     .Register(registry);
  for (const auto& [labels, count] : counts) {
    family.Add({{"kind", labels.first}, {"phase", labels.second}}).Set(count);
  }
}

void AddFleets(const ControlLoop::View& view, Families& registry) {
  auto& family = prometheus::BuildGauge()
                     .Name("scv_fleet_instances")
                     .Help("Instances of an auto scaling group by what they count as")
                     .Register(registry);
  for (const auto& [key, group] : view.groups) {
    const auto add = [&](const char* state, int count) {
      family.Add({{"region", key.region}, {"group", key.name}, {"state", state}}).Set(count);
    };
    add("desired", group.memory.capacity);
    add("in_service", group.observed.in_service());
    add("healthy", group.observed.healthy());
    add("pending", group.observed.pending());
    add("terminating", group.observed.terminating());
  }
}

}  // namespace

std::string MetricsText(const ControlLoop::View& view) {
  Families registry;
  AddParts(view, registry);
  AddFleets(view, registry);
  prometheus::BuildGauge()
      .Name("scv_resources")
      .Help("Resources in the desired state")
      .Register(registry)
      .Add({})
      .Set(static_cast<double>(view.state.all().size()));
  return prometheus::TextSerializer().Serialize(registry.Collect());
}

}  // namespace scv::daemon
