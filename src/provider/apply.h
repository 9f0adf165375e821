// Carries out one planned change: the checks and the write in one step of the account, then the
// wait until the lab has followed.
#ifndef SCV_PROVIDER_APPLY_H_
#define SCV_PROVIDER_APPLY_H_

#include <functional>
#include <string>

#include "provider/provider.h"
#include "provider/schema.h"
#include "provider/type_table.h"

namespace scv::provider {

struct ApplyRequest {
  const Services& services;
  const Session& session;
  const std::string& type;
  const Block& block;
  const Entry& entry;
  const Value& prior;    // null: create
  const Value& planned;  // null: delete
  const Value& config;
  const std::function<bool()>& stopped;
};

StateAnswer ApplyChange(const ApplyRequest& request);

// As the deletion of `prior`, but nothing of its own protects it.
Diagnostics DropResource(const ApplyRequest& request);

// Seconds of a timeouts entry such as "1h30m"; `otherwise` where it is none.
int ParseSeconds(const std::string& text, int otherwise);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_APPLY_H_
