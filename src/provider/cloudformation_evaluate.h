// Carries out CloudFormation's functions.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
#ifndef SCV_PROVIDER_CLOUDFORMATION_EVALUATE_H_
#define SCV_PROVIDER_CLOUDFORMATION_EVALUATE_H_

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <map>
#include <set>
#include <string>

#include "base/result.h"
#include "provider/cloudformation_recorded.h"
#include "provider/cloudformation_template.h"

namespace scv::provider::cloudformation {

// What names stand for. "Up" → {"Ref": id, "HealthCheckId": id}.
struct Scope {
  std::map<std::string, boost::json::value> values;  // parameters and pseudo ones: texts, lists
  std::set<std::string> hidden;                      // parameters whose values are never shown
  std::map<std::string, std::map<std::string, std::string>> resources;
  std::map<std::string, Recorded> recorded;
};

// Of one template that ReadTemplate has checked. Not thread-safe. Borrows both.
class Evaluator {
 public:
  Evaluator(const Template& source, const Scope& scope) : source_(source), scope_(scope) {}

  // `value` without functions. AWS::NoValue takes its entry of a map or list away, and is null by
  // itself. kInvalid: a function's argument is of the wrong kind, a resource is left out by its
  // condition, or the result is too long.
  Result<boost::json::value> Evaluate(const boost::json::value& value);
  // With **** for what is hidden; conditions are decided by what is there all the same.
  Result<boost::json::value> EvaluateShown(const boost::json::value& value);
  // "": true.
  Result<bool> Holds(const std::string& condition);

 private:
  Result<boost::json::value> Call(const Function& function);
  Result<boost::json::array> List(const boost::json::value& value, std::string_view function);
  Result<std::string> Text(const boost::json::value& value, std::string_view function);
  Result<boost::json::value> Named(const std::string& name);
  Result<std::string> Attribute(const std::string& resource, const std::string& attribute);
  Result<boost::json::value> Join(const boost::json::value& argument);
  Result<boost::json::value> Substitute(const boost::json::value& argument);
  Result<boost::json::value> Choose(const boost::json::value& argument);
  Result<boost::json::value> Select(const boost::json::value& argument);
  Result<boost::json::value> Split(const boost::json::value& argument);
  Result<boost::json::value> FindInMap(const boost::json::value& argument);
  Result<boost::json::value> Cidr(const boost::json::value& argument);
  Result<std::size_t> Whole(const boost::json::value& value, std::string_view function);
  Result<boost::json::value> Zones(const boost::json::value& argument);
  Result<boost::json::value> Base64(const boost::json::value& argument);
  Result<bool> Decide(const boost::json::value& value);
  Result<bool> Equal(const boost::json::value& argument);
  Result<void> Spend(std::size_t bytes);

  const Template& source_;
  const Scope& scope_;
  std::map<std::string, bool> decided_;
  std::size_t spent_ = 0;
  bool shown_ = false;
};

}  // namespace scv::provider::cloudformation

#endif  // SCV_PROVIDER_CLOUDFORMATION_EVALUATE_H_
