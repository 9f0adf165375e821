#include "provider/proposed.h"

#include <algorithm>

#include "provider/schema.h"

namespace scv::provider {
namespace {

// Whether `prior` has every value that `config` says.
bool Covers(const Value& prior, const Value& config) {
  return std::ranges::all_of(config.Fields(), [&](const auto& field) {
    const auto* list = field.second.template As<Value::List>();
    return field.second.is_null() || (list != nullptr && list->empty()) ||
           prior[field.first] == field.second;
  });
}

const Value& PriorOf(const NestedBlock& nested, const Value::List& before, const Value& item,
                     std::size_t place) {
  static const Value kNone;
  if (nested.nesting != NestedBlock::Nesting::kSet) {
    return place < before.size() ? before[place] : kNone;
  }
  const auto found =
      std::ranges::find_if(before, [&](const Value& prior) { return Covers(prior, item); });
  return found == before.end() ? kNone : *found;
}

Value Propose(const Value& prior, const Value& config, const Block& block) {
  if (config.As<Value::Object>() == nullptr) return config;
  auto proposed = config;
  for (const auto& [name, attribute] : block.attributes) {
    if (attribute.computed && config[name].is_null()) proposed.At(name) = prior[name];
  }
  for (const auto& [name, nested] : block.blocks) {
    auto* items = proposed.At(name).As<Value::List>();
    const auto& before = prior[name].Items();
    for (std::size_t i = 0; items != nullptr && i < items->size(); ++i) {
      auto& item = (*items)[i];
      item = Propose(PriorOf(nested, before, item, i), item, nested.block);
    }
  }
  return proposed;
}

}  // namespace

Value Proposed(const std::string& type, const Value& prior, const Value& config) {
  return Propose(prior, config, TheSchema().resources.at(type));
}

}  // namespace scv::provider
