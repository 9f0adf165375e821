// What a value of a template refers to, checked against what the template has.
#ifndef SCV_PROVIDER_CLOUDFORMATION_REFERENCES_H_
#define SCV_PROVIDER_CLOUDFORMATION_REFERENCES_H_

#include <boost/json/value.hpp>
#include <set>
#include <string>

#include "base/result.h"
#include "provider/cloudformation_template.h"

namespace scv::provider::cloudformation {

// Borrows the template, whose names must be known already.
class References {
 public:
  References(const Template& known, std::string where) : known_(known), where_(std::move(where)) {}

  // Adds the value's. `in_condition`: resources cannot be referred to. kInvalid: a name leads
  // nowhere, a function is not supported, or its argument is of the wrong kind.
  Result<void> Collect(const boost::json::value& value, bool in_condition);

  std::set<std::string> resources, conditions, parameters;

 private:
  Result<void> Call(const Function& function, bool in_condition);
  Result<void> Named(const std::string& name, bool in_condition);
  Result<void> ConditionNamed(const std::string& name);
  Result<void> Attribute(const boost::json::value& argument, bool in_condition);
  Result<void> AttributeNamed(const std::string& name, const std::string& attribute,
                              bool in_condition);
  Result<void> Mapped(const boost::json::value& argument, bool in_condition);
  Result<void> Substituted(const boost::json::value& argument, bool in_condition);
  std::unexpected<Error> Wrong(const std::string& why) const;
  const Resource* FindResource(const std::string& name) const;

  const Template& known_;
  std::string where_;
};

}  // namespace scv::provider::cloudformation

#endif  // SCV_PROVIDER_CLOUDFORMATION_REFERENCES_H_
