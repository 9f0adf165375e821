// What tests of stacks with recorded resources share.
#ifndef SCV_PROVIDER_STACK_TEST_SUPPORT_H_
#define SCV_PROVIDER_STACK_TEST_SUPPORT_H_

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <map>
#include <string>

#include "provider/test_support.h"

namespace scv::provider {

inline constexpr const char* kStackType = "aws_cloudformation_stack";

class RecordedStackTest : public testing::Test {
 protected:
  Value Config(const std::string& body, Value::Object parameters = {}) {
    auto config = lab_.Config(kStackType);
    config.At("template_body") = Value(body);
    config.At("parameters") = Value(std::move(parameters));
    return config;
  }

  Value UrlConfig(const std::string& url, Value::Object parameters = {}) {
    auto config = Config("", std::move(parameters));
    config.At("template_body") = Value();
    config.At("template_url") = Value(url);
    return config;
  }

  StateAnswer Made(const Value& config) {
    auto made = lab_.Create(kStackType, config);
    EXPECT_FALSE(HasError(made.diagnostics)) << Text(made.diagnostics);
    return made;
  }

  // What stands of a type, by logical id.
  std::map<std::string, aws::Resource> Standing(const char* type) {
    std::map<std::string, aws::Resource> found;
    for (const auto& one : lab_.account.State()->List(type)) {
      found[aws::String(one->attributes, "_logical_id")] = *one;
    }
    return found;
  }

  // Everything that the account keeps, as one text.
  std::string Kept() {
    std::string text;
    for (const auto& [key, resource] : lab_.account.State()->all()) {
      text += key.id + boost::json::serialize(resource->attributes);
    }
    return text;
  }

  TestLab lab_;
};

}  // namespace scv::provider

#endif  // SCV_PROVIDER_STACK_TEST_SUPPORT_H_
