// What a type needs beyond its entry in the type table: small functions at fixed moments.
#ifndef SCV_PROVIDER_HOOKS_H_
#define SCV_PROVIDER_HOOKS_H_

#include <boost/json/object.hpp>
#include <string_view>

#include "aws/resource.h"
#include "base/result.h"
#include "provider/provider.h"
#include "provider/value.h"

namespace scv::provider {

struct HookContext {
  const Services& services;
  const aws::ResourceKey& key;  // its id is "" before a new resource has one
  std::string region;           // of the resource, or of the session for global ones
  const Value& prior;           // null: created
  const Value& config;          // null: deleted. The only place with write-only values
  Value& attributes;            // planned, becoming the new state; deleted: the prior state
  boost::json::object& hidden;  // kept with the resource beside its attributes; names begin with _
  Diagnostics& diagnostics;     // a hook that fails may say more here than its error does

  bool creating() const { return prior.is_null(); }
};

struct Hooks {
  // Of the configuration alone.
  void (*validate)(const Value& config, Diagnostics& diagnostics) = nullptr;
  // Of the planned state, before what is unknown is marked.
  void (*plan)(const Value& prior, const Value& config, Value& planned) = nullptr;
  // What people should know of the plan, beyond that the type is recorded only. `planned` is no
  // null.
  void (*announce)(const Value& prior, const Value& planned, Diagnostics& diagnostics) = nullptr;
  // Outside the account's write: what takes time.
  Result<void> (*prepare)(HookContext& context) = nullptr;
  // Inside the write: quick, and only `state` and the context. `fill` comes before the templates,
  // `finish` after them.
  Result<void> (*fill)(const aws::DesiredState& state, HookContext& context) = nullptr;
  Result<void> (*finish)(const aws::DesiredState& state, HookContext& context) = nullptr;
  // Inside the write, after `finish`: resources of the account that come with this one. An error
  // takes all of it back.
  Result<void> (*expand)(aws::DesiredState& state, HookContext& context) = nullptr;
  // Inside the write: what of the attributes the lab does not keep, though Terraform does. `recall`
  // is the other way round: puts what Terraform's state knows into what was read.
  void (*withhold)(Value& kept) = nullptr;
  void (*recall)(const Value& current, Value& read) = nullptr;
  // After the write is durable: what the stores of bytes keep.
  Result<void> (*store)(HookContext& context) = nullptr;
  // Whether deleting it takes what still needs it along.
  bool (*takes_dependents)(const Value& attributes) = nullptr;
  // Outside the write, before the resource is marked for deletion.
  Result<void> (*prepare_delete)(HookContext& context) = nullptr;
  // Inside the write: whether it may be deleted. After it is gone: what goes with it.
  Result<void> (*may_delete)(const aws::DesiredState& state, HookContext& context) = nullptr;
  Result<void> (*deleted)(HookContext& context) = nullptr;
};

const Hooks& HooksOf(std::string_view type);

// Each of these knows the types of one part of AWS; nullptr: not one of its types.
const Hooks* NetworkHooks(std::string_view type);
const Hooks* PeeringHooks(std::string_view type);
const Hooks* TemplateHooks(std::string_view type);
const Hooks* LoadBalancingHooks(std::string_view type);
const Hooks* DatabaseHooks(std::string_view type);
const Hooks* CertificateHooks(std::string_view type);
const Hooks* SecretsHooks(std::string_view type);
const Hooks* ObjectsHooks(std::string_view type);
const Hooks* CloudFormationHooks(std::string_view type);
const Hooks* FirewallHooks(std::string_view type);

}  // namespace scv::provider

#endif  // SCV_PROVIDER_HOOKS_H_
