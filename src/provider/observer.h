// Who may look on while a provider works, such as the recorder of scv-schema.
#ifndef SCV_PROVIDER_OBSERVER_H_
#define SCV_PROVIDER_OBSERVER_H_

#include <map>
#include <string>

#include "provider/value.h"

namespace scv::provider {

// Called from the threads of the calls, after they succeeded.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void Configured(const std::string& region,
                          const std::map<std::string, std::string>& default_tags) = 0;
  // `config` has write-only values; what `planned` had unknown, `state` has.
  virtual void Created(const std::string& type, const Value& config, const Value& planned,
                       const Value& state) = 0;
  virtual void Opened(const std::string& type, const Value& config, const Value& result) = 0;
};

}  // namespace scv::provider

#endif  // SCV_PROVIDER_OBSERVER_H_
