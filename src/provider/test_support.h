// Makes real resources of any type in a memory account, from testdata/minimal.json.
#ifndef SCV_PROVIDER_TEST_SUPPORT_H_
#define SCV_PROVIDER_TEST_SUPPORT_H_

#include <boost/json/object.hpp>
#include <map>
#include <string>

#include "provider/memory_account.h"
#include "provider/memory_stores.h"
#include "provider/proposed.h"
#include "provider/provider.h"

namespace scv::provider {

class TestLab {
 public:
  TestLab();

  MemoryAccount account;
  MemoryObjects objects;
  MemorySecrets secrets;
  Provider provider{{&account, &objects, &secrets}};
  Session session;

  // The configuration of a minimal resource; what it refers to is made first, once. "aws_subnet/2"
  // is a second one of its type.
  Value Config(const std::string& name);
  // Plans and applies it; the test fails when that does. The same one is made only once.
  const Value& Make(const std::string& name);

  StateAnswer Create(const std::string& type, const Value& config);
  PlanAnswer Replan(const std::string& type, const Value& prior, const Value& config);
  StateAnswer Update(const std::string& type, const Value& prior, const Value& config);
  StateAnswer Delete(const std::string& type, const Value& prior);

 private:
  Value Resolve(const boost::json::value& value);

  boost::json::object minimal_;
  std::map<std::string, Value> made_;
};

// All summaries and details, for messages of tests.
std::string Text(const Diagnostics& diagnostics);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_TEST_SUPPORT_H_
