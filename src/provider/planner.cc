#include "provider/planner.h"

#include <algorithm>

#include "provider/conform.h"
#include "provider/hooks.h"
#include "provider/paths.h"

namespace scv::provider {
namespace {

void NullWhere(Value& value, const Block& block, bool Attribute::*flag) {
  if (value.As<Value::Object>() == nullptr) return;
  for (const auto& [name, attribute] : block.attributes) {
    if (attribute.*flag) value.At(name) = Value();
  }
  for (const auto& [name, nested] : block.blocks) {
    auto& inner = value.At(name);
    if (auto* items = inner.As<Value::List>()) {
      for (auto& item : *items) NullWhere(item, nested.block, flag);
    } else {
      NullWhere(inner, nested.block, flag);
    }
  }
}

void FillDefaults(const PlanRequest& request, Value& planned) {
  for (const auto& [name, block] : request.entry.default_blocks) {
    auto& value = planned.At(name);
    if (value.As<Value::List>() != nullptr && value.Items().empty()) {
      value = Value(Value::List{block});
    }
  }
  planned = Conform(planned, request.block);
  for (const auto& [pattern, fallback] : request.entry.defaults) {
    Change(planned, pattern, [&](Value& value) {
      const auto* list = value.As<Value::List>();
      if (value.is_null() || (list != nullptr && list->empty() && fallback.As<Value::List>())) {
        value = fallback;
      }
    });
  }
}

void FillTags(const PlanRequest& request, Value& planned) {
  if (!request.block.attributes.contains("tags_all")) return;
  const auto& tags = planned["tags"];
  if (tags.is_unknown()) {
    planned.At("tags_all") = Value::Unknown{};
    return;
  }
  Value::Object all;
  for (const auto& [name, text] : request.default_tags) all[name] = Value(text);
  for (const auto& [name, value] : tags.Fields()) all[name] = value;
  planned.At("tags_all") = Value(std::move(all));
}

void FillRegion(const PlanRequest& request, Value& planned) {
  if (!request.block.attributes.contains("region")) return;
  auto& region = planned.At("region");
  if (region.is_null()) region = Value(request.region);
}

// What AWS decides when it is created.
void MarkUnknown(const PlanRequest& request, Value& planned) {
  for (const auto& [name, attribute] : request.block.attributes) {
    auto& value = planned.At(name);
    if (attribute.computed && value.is_null()) value = Value::Unknown{};
  }
}

void Recompute(const PlanRequest& request, Value& planned) {
  const auto changed = [&](const std::string& name) {
    return planned[name] != request.prior[name];
  };
  for (const auto& [name, triggers] : request.entry.recompute) {
    const bool any = std::ranges::count(triggers, "*") > 0;
    const bool hit =
        any ? std::ranges::any_of(planned.Fields(),
                                  [&](const auto& field) {
                                    // "-tags": all but these.
                                    return changed(field.first) &&
                                           std::ranges::count(triggers, "-" + field.first) == 0;
                                  })
            : std::ranges::any_of(triggers, changed);
    if (hit && request.config[name].is_null()) planned.At(name) = Value::Unknown{};
  }
}

std::vector<Path> Replacements(const PlanRequest& request, const Value& planned) {
  std::vector<Path> paths;
  auto names = request.entry.replace;
  if (request.block.attributes.contains("region")) names.emplace_back("region");
  for (const auto& name : names) {
    if (planned[name] != request.prior[name]) paths.push_back({AttributeStep(name)});
  }
  return paths;
}

}  // namespace

Value WithoutWriteOnly(Value value, const Block& block) {
  NullWhere(value, block, &Attribute::write_only);
  return value;
}

Value WithoutSensitive(Value value, const Block& block) {
  NullWhere(value, block, &Attribute::sensitive);
  return value;
}

Planned PlanChange(const PlanRequest& request) {
  if (request.proposed.As<Value::Object>() == nullptr) return {request.proposed, {}};
  auto planned = WithoutWriteOnly(Conform(request.proposed, request.block), request.block);
  const bool creating = request.prior.is_null();
  FillRegion(request, planned);
  FillDefaults(request, planned);
  FillTags(request, planned);
  planned = Conform(planned, request.block);
  if (const auto plan = HooksOf(request.type).plan) {
    plan(request.prior, request.config, planned);
    planned = Conform(planned, request.block);
  }
  if (creating) {
    MarkUnknown(request, planned);
    return {std::move(planned), {}};
  }
  auto replace = Replacements(request, planned);
  Recompute(request, planned);
  return {std::move(planned), std::move(replace)};
}

}  // namespace scv::provider
