#include "provider/test_support.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <fstream>
#include <sstream>

#include "provider/conform.h"
#include "provider/schema.h"

namespace scv::provider {
namespace {

namespace json = boost::json;

std::string TypeOf(const std::string& name) { return name.substr(0, name.find('/')); }

const std::function<bool()> kNever = [] { return false; };

}  // namespace

TestLab::TestLab() {
  session.region = "ap-northeast-2";
  std::ifstream in(SCV_PROVIDER_TESTDATA "/minimal.json");
  std::ostringstream text;
  text << in.rdbuf();
  minimal_ = json::parse(text.str()).as_object();
}

Value TestLab::Resolve(const json::value& value) {
  if (value.is_string() && value.get_string().starts_with("@")) {
    const auto reference = std::string(value.get_string()).substr(1);
    const auto dot = reference.rfind('.');
    return Make(reference.substr(0, dot))[reference.substr(dot + 1)];
  }
  if (value.is_array()) {
    Value::List list;
    for (const auto& item : value.get_array()) list.push_back(Resolve(item));
    return Value(std::move(list));
  }
  if (value.is_object()) {
    Value::Object object;
    for (const auto& [name, item] : value.get_object()) object[name] = Resolve(item);
    return Value(std::move(object));
  }
  return FromJson(value);
}

Value TestLab::Config(const std::string& name) {
  return Conform(Resolve(minimal_.at(name)), TheSchema().resources.at(TypeOf(name)));
}

const Value& TestLab::Make(const std::string& name) {
  if (const auto found = made_.find(name); found != made_.end()) return found->second;
  const auto made = Create(TypeOf(name), Config(name));
  EXPECT_FALSE(HasError(made.diagnostics)) << name << ": " << Text(made.diagnostics);
  return made_[name] = made.state;
}

StateAnswer TestLab::Create(const std::string& type, const Value& config) {
  return Update(type, Value(), config);
}

PlanAnswer TestLab::Replan(const std::string& type, const Value& prior, const Value& config) {
  return provider.Plan(session, type, prior, Proposed(type, prior, config), config);
}

StateAnswer TestLab::Update(const std::string& type, const Value& prior, const Value& config) {
  auto problems = provider.ValidateResource(type, config);
  if (HasError(problems)) return {prior, problems};
  const auto plan = Replan(type, prior, config);
  if (HasError(plan.diagnostics)) return {prior, plan.diagnostics};
  return provider.Apply(session, type, prior, plan.planned, config, kNever);
}

StateAnswer TestLab::Delete(const std::string& type, const Value& prior) {
  return provider.Apply(session, type, prior, Value(), Value(), kNever);
}

std::string Text(const Diagnostics& diagnostics) {
  std::string text;
  for (const auto& d : diagnostics) text += d.summary + ": " + d.detail + "\n";
  return text;
}

}  // namespace scv::provider
