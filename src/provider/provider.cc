#include "provider/provider.h"

#include <spdlog/spdlog.h>

#include <boost/json/parse.hpp>
#include <chrono>
#include <utility>

#include "provider/apply.h"
#include "provider/computed.h"
#include "provider/conform.h"
#include "provider/data_sources.h"
#include "provider/hooks.h"
#include "provider/planner.h"
#include "provider/references.h"
#include "provider/schema.h"
#include "provider/type_table.h"
#include "provider/validate.h"

namespace scv::provider {
namespace {

constexpr std::chrono::seconds kTakeBackWithin{10};

// A type that is served but has no entry: everything that AWS decides stays null.
const Entry& EntryOf(const std::string& type) {
  static const Entry kNone = [] {
    Entry entry;
    entry.id = "{hex:17}";
    entry.import_id = "{id}";
    entry.simulated = false;
    return entry;
  }();
  const auto* entry = FindEntry(type);
  return entry == nullptr ? kNone : *entry;
}

const Block* Find(const Schemas& schemas, const std::string& type) {
  const auto found = schemas.find(type);
  return found == schemas.end() ? nullptr : &found->second;
}

Diagnostic NotServed(const std::string& type) {
  return {.summary = "The lab does not have " + type,
          .detail =
              "It is a type of the real AWS provider, or misspelled. docs/provider.md has the "
              "types that the lab serves and how to add one.",
          .path = {}};
}

Diagnostic Failed(std::string summary, const Error& error) {
  return {.summary = std::move(summary), .detail = error.message, .path = {}};
}

std::string RegionIn(const Session& session, const Value& value) {
  const auto& own = value["region"].Text();
  return own.empty() ? session.region : own;
}

// What only Terraform's state knows: values that the account does not keep.
Value WithSensitiveOf(const Value& current, Value read, const Block& block) {
  for (const auto& [name, attribute] : block.attributes) {
    if (attribute.sensitive) read.At(name) = current[name];
  }
  return read;
}

Diagnostic RecordedOnly(const std::string& type) {
  return {.warning = true,
          .summary = "Recorded, not simulated",
          .detail = "The lab keeps " + type +
                    " and checks it, but nothing in the lab behaves differently for it.",
          .path = {}};
}

// "subnet-1@ap-northeast-1": the region that an import may name.
std::pair<std::string, std::string> SplitImport(const std::string& id, std::string region) {
  const auto at = id.rfind('@');
  if (at == std::string::npos || id.find('-', at) == std::string::npos) {
    return {id, std::move(region)};
  }
  return {id.substr(0, at), id.substr(at + 1)};
}

}  // namespace

Diagnostics Provider::Configure(const Value& config, Session& session) const {
  session.region = config["region"].Text();
  for (const auto& block : config["default_tags"].Items()) {
    for (const auto& [name, value] : block["tags"].Fields()) {
      session.default_tags[name] = value.Text();
    }
  }
  if (observer_ != nullptr) observer_->Configured(session.region, session.default_tags);
  if (!session.region.empty()) return {};
  return {{.summary = "The provider has no region",
           .detail = "The lab does not see Terraform's environment: write region in the provider "
                     "block, such as region = \"ap-northeast-2\".",
           .path = {AttributeStep("region")}}};
}

Diagnostics Provider::ValidateResource(const std::string& type, const Value& config) const {
  if (Find(TheSchema().resources, type) == nullptr) return {NotServed(type)};
  const auto& entry = EntryOf(type);
  auto problems = CheckRules(entry, config);
  if (const auto validate = HooksOf(type).validate) validate(config, problems);
  return problems;
}

Diagnostics Provider::ValidateData(const std::string& type, const Value& /*config*/) const {
  if (Find(TheSchema().data_sources, type) == nullptr) return {NotServed(type)};
  return {};
}

Diagnostics Provider::ValidateEphemeral(const std::string& type, const Value& /*config*/) const {
  if (Find(TheSchema().ephemeral, type) == nullptr) return {NotServed(type)};
  return {};
}

PlanAnswer Provider::Plan(const Session& session, const std::string& type, const Value& prior,
                          const Value& proposed, const Value& config) const {
  const auto* block = Find(TheSchema().resources, type);
  if (block == nullptr) return {Value(), {}, {NotServed(type)}};
  const auto& entry = EntryOf(type);
  const auto known_prior = Conform(prior, *block);
  auto planned = PlanChange(
      {type, *block, entry, session.region, session.default_tags, known_prior, proposed, config});
  PlanAnswer answer{std::move(planned.state), std::move(planned.requires_replace), {}};
  if (answer.planned.is_null()) return answer;
  const auto state = services_.account->State();
  answer.diagnostics = CheckReferences(*state, entry, answer.planned,
                                       RegionIn(session, answer.planned), /*generated_only=*/true);
  if (prior.is_null() && !entry.simulated) answer.diagnostics.push_back(RecordedOnly(type));
  if (const auto announce = HooksOf(type).announce) {
    announce(known_prior, answer.planned, answer.diagnostics);
  }
  return answer;
}

StateAnswer Provider::Apply(const Session& session, const std::string& type, const Value& prior,
                            const Value& planned, const Value& config,
                            const std::function<bool()>& stopped) const {
  const auto* block = Find(TheSchema().resources, type);
  if (block == nullptr) return {prior, {NotServed(type)}};
  const auto known_prior = Conform(prior, *block);
  auto answer = ApplyChange(
      {services_, session, type, *block, EntryOf(type), known_prior, planned, config, stopped});
  const bool created = known_prior.is_null() && !HasError(answer.diagnostics);
  if (observer_ != nullptr && created) observer_->Created(type, config, planned, answer.state);
  return answer;
}

Diagnostics Provider::Drop(const aws::Resource& resource,
                           const std::function<bool()>& stopped) const {
  const auto& type = resource.key.type;
  const auto* block = Find(TheSchema().resources, type);
  if (block == nullptr) return {NotServed(type)};
  auto prior = Conform(FromJson(resource.attributes), *block);
  // Else a secret's name would stay taken for its recovery window.
  if (block->attributes.contains("recovery_window_in_days")) {
    prior.At("recovery_window_in_days") = Value(0);
  }
  if (block->attributes.contains("force_destroy")) prior.At("force_destroy") = Value(true);
  Session session;
  session.region = resource.key.region;
  return DropResource(
      {services_, session, type, *block, EntryOf(type), prior, Value(), Value(), stopped});
}

void Provider::TakeBack(StateAnswer& answer) const {
  const auto state = services_.account->State();
  const auto* resource = answer.made ? state->Find(*answer.made) : nullptr;
  if (resource == nullptr) return;
  const auto deadline = std::chrono::steady_clock::now() + kTakeBackWithin;
  const auto late = [deadline] { return std::chrono::steady_clock::now() >= deadline; };
  const auto problems = Drop(*resource, late);
  answer.diagnostics.insert(answer.diagnostics.end(), problems.begin(), problems.end());
  if (HasError(problems)) return;
  answer.state = Value();
  answer.made.reset();
  for (auto& diagnostic : answer.diagnostics) {
    if (!diagnostic.warning) diagnostic.detail += "; what there was of it is taken down";
  }
}

void Provider::Acknowledge(const aws::ResourceKey& key) const {
  if (const auto done = services_.account->Acknowledge(key); !done) {
    spdlog::warn("acknowledging {} {}: {}", key.type, key.id, done.error().message);
  }
}

StateAnswer Provider::Read(const Session& session, const std::string& type,
                           const Value& current) const {
  const auto* block = Find(TheSchema().resources, type);
  if (block == nullptr) return {current, {NotServed(type)}};
  const auto region = RegionIn(session, current);
  const aws::ResourceKey key{
      .region = RegionOf(type, region), .type = type, .id = current["id"].Text()};
  const auto read = services_.account->Read(key);
  if (read.has_value()) {
    Acknowledge(key);
    auto value = WithSensitiveOf(current, Conform(FromJson(*read), *block), *block);
    if (const auto recall = HooksOf(type).recall) recall(current, value);
    return {std::move(value), {}};
  }
  if (read.error().kind == ErrorKind::kNotFound) return {Value(), {}};
  return {current, {Failed("Could not read " + type, read.error())}};
}

StateAnswer Provider::Import(const Session& session, const std::string& type,
                             const std::string& id) const {
  const auto* block = Find(TheSchema().resources, type);
  if (block == nullptr) return {Value(), {NotServed(type)}};
  const auto [wanted, region] = SplitImport(id, session.region);
  const auto& entry = EntryOf(type);
  const auto state = services_.account->State();
  for (const auto& resource : state->List(RegionOf(type, region), type)) {
    auto value = Conform(FromJson(resource->attributes), *block);
    const bool found = resource->key.id == wanted ||
                       Render(entry.import_id, value, entry, {type, region, region}) == wanted;
    if (!found || resource->status == aws::Status::kDeleting) continue;
    Acknowledge(resource->key);
    return {std::move(value), {}};
  }
  return {
      Value(),
      {{.summary = "There is no " + type + " " + wanted + " in " + region,
        .detail = "An import takes " + (entry.import_id == "{id}" ? "the id" : entry.import_id) +
                  ", and @REGION after it for another region than the provider's.",
        .path = {}}}};
}

StateAnswer Provider::Upgrade(const std::string& type, std::string_view state) const {
  const auto* block = Find(TheSchema().resources, type);
  if (block == nullptr) return {Value(), {NotServed(type)}};
  boost::system::error_code failed;
  const auto parsed = boost::json::parse(state, failed);
  if (failed) {
    return {Value(),
            {{.summary = "The state of " + type + " is no JSON",
              .detail = failed.message(),
              .path = {}}}};
  }
  return {Conform(FromJson(parsed), *block), {}};
}

StateAnswer Provider::ReadData(const Session& session, const std::string& type,
                               const Value& config) const {
  const auto* block = Find(TheSchema().data_sources, type);
  if (block == nullptr) return {Value(), {NotServed(type)}};
  const auto region = RegionIn(session, config);
  auto answer = ReadDataSource(type, {services_, region, config});
  if (!answer.has_value()) {
    return {Value(), {Failed("Could not read data." + type, answer.error())}};
  }
  auto merged = Conform(config, *block);
  if (block->attributes.contains("region")) merged.At("region") = Value(region);
  for (const auto& [name, value] : answer->Fields()) merged.At(name) = value;
  return {Conform(merged, *block), {}};
}

StateAnswer Provider::OpenEphemeral(const Session& session, const std::string& type,
                                    const Value& config) const {
  const auto* block = Find(TheSchema().ephemeral, type);
  if (block == nullptr) return {Value(), {NotServed(type)}};
  const auto region = RegionIn(session, config);
  auto answer = OpenEphemeralResource(type, {services_, region, config});
  if (!answer.has_value()) return {Value(), {Failed("Could not open " + type, answer.error())}};
  auto merged = Conform(config, *block);
  if (block->attributes.contains("region")) merged.At("region") = Value(region);
  for (const auto& [name, value] : answer->Fields()) merged.At(name) = value;
  if (observer_ != nullptr) observer_->Opened(type, config, merged);
  return {Conform(merged, *block), {}};
}

}  // namespace scv::provider
