#include "provider/paths.h"

namespace scv::provider {
namespace {

void Walk(const Value& value, const Pattern& pattern, std::size_t at, Path& path,
          const std::function<void(const Value&, const Path&)>& visit) {
  if (at == pattern.parts.size()) {
    visit(value, path);
    return;
  }
  if (value.As<Value::Object>() == nullptr) return;
  const auto& part = pattern.parts[at];
  path.push_back(AttributeStep(part.name));
  const auto& inner = value[part.name];
  if (!part.each) {
    Walk(inner, pattern, at + 1, path, visit);
  } else {
    std::int64_t index = 0;
    for (const auto& item : inner.Items()) {
      path.push_back(IndexStep(index++));
      Walk(item, pattern, at + 1, path, visit);
      path.pop_back();
    }
  }
  path.pop_back();
}

void WalkToChange(Value& value, const Pattern& pattern, std::size_t at,
                  const std::function<void(Value&)>& change) {
  if (at == pattern.parts.size()) {
    change(value);
    return;
  }
  if (value.As<Value::Object>() == nullptr) return;
  const auto& part = pattern.parts[at];
  auto& inner = value.At(part.name);
  if (!part.each) {
    WalkToChange(inner, pattern, at + 1, change);
  } else if (auto* items = inner.As<Value::List>()) {
    for (auto& item : *items) WalkToChange(item, pattern, at + 1, change);
  }
}

}  // namespace

void Visit(const Value& root, const Pattern& pattern,
           const std::function<void(const Value&, const Path&)>& visit) {
  Path path;
  Walk(root, pattern, 0, path, visit);
}

void Change(Value& root, const Pattern& pattern, const std::function<void(Value&)>& change) {
  WalkToChange(root, pattern, 0, change);
}

std::string Describe(const Path& path) {
  std::string text;
  for (const auto& step : path) {
    if (step.kind == Step::Kind::kIndex) {
      text += "[" + std::to_string(step.index) + "]";
    } else {
      text += (text.empty() ? "" : ".") + step.name;
    }
  }
  return text;
}

}  // namespace scv::provider
