#include "daemon/graph_run.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "daemon/durable_account.h"
#include "daemon/graph_walk.h"
#include "provider/conform.h"
#include "provider/planner.h"
#include "provider/proposed.h"
#include "provider/schema.h"

namespace scv::daemon {
namespace {

namespace json = boost::json;
using provider::Value;

// Most steps wait for the lab; Terraform is run with -parallelism=30.
constexpr std::size_t kThreadsMax = 30;
constexpr std::string_view kEphemeral = "ephemeral.";

const provider::Block* BlockOf(const std::string& type) {
  const auto& resources = provider::TheSchema().resources;
  const auto found = resources.find(type);
  return found == resources.end() ? nullptr : &found->second;
}

// AWS adds to some lists what the configuration leaves out, like a certificate's own name.
bool Has(const Value& standing, const Value& wanted) {
  if (standing == wanted) return true;
  return !wanted.Items().empty() && std::ranges::all_of(wanted.Items(), [&](const Value& item) {
    return std::ranges::find(standing.Items(), item) != standing.Items().end();
  });
}

// Whether a resource of the account has every attribute that the configuration says and the account
// keeps. Blocks are left out: defaults fill them in.
bool IsOf(const Value& standing, const Value& config, const provider::Block& block) {
  return std::ranges::all_of(block.attributes, [&](const auto& named) {
    const auto& [name, attribute] = named;
    const auto& wanted = config[name];
    return wanted.is_null() || attribute.write_only || attribute.sensitive ||
           Has(standing[name], wanted);
  });
}

std::map<std::string, std::vector<std::size_t>> Positions(const std::vector<std::string>& all) {
  std::map<std::string, std::vector<std::size_t>> positions;
  for (std::size_t i = 0; i < all.size(); ++i) {
    positions[std::string(WithoutKey(all[i]))].push_back(i);
  }
  return positions;
}

}  // namespace

GraphRun::GraphRun(const provider::Provider& provider, const aws::Account& account,
                   const Graph& graph, GraphMemory& memory, Emit emit,
                   const std::atomic<bool>& stopped)
    : provider_(provider),
      account_(account),
      graph_(graph),
      memory_(memory),
      emit_(std::move(emit)),
      stopped_([&stopped] { return stopped.load(); }),
      resumed_(!account.State()->all().empty()) {
  session_.region = graph.region;
  session_.default_tags = graph.default_tags;
  session_.drops_unacknowledged = false;  // TakeUp finds it
}

void GraphRun::Apply() {
  std::vector<std::string> addresses;
  for (const auto& entry : graph_.entries) addresses.push_back(entry.address);
  const auto positions = Positions(addresses);
  std::vector<WalkItem> items;
  for (const auto& entry : graph_.entries) {
    WalkItem item{.after = {}, .work = [this, &entry] { return ApplyEntry(entry); }};
    for (const auto& name : entry.depends_on) {
      const auto found = positions.find(name);
      if (found == positions.end()) continue;
      item.after.insert(item.after.end(), found->second.begin(), found->second.end());
    }
    items.push_back(std::move(item));
  }
  auto left = Walk(items, kThreadsMax, stopped_);
  if (left == 0) {
    auto superfluous = memory_.All();
    for (const auto& address : addresses) superfluous.erase(address);
    left = DestroyAll(superfluous);
  }
  emit_({{"event", "end"}, {"left", left}});
}

void GraphRun::Destroy() {
  for (const auto& entry : graph_.entries) {
    if (!resumed_ || memory_.Find(entry.address)) continue;
    // Nothing can be looked for by a reference to what is not there.
    if (const auto config = Config(entry)) TakeUp(entry, *config);
  }
  const auto left = DestroyAll(memory_.All());
  if (left == 0) memory_.RemoveIfEmpty();
  emit_({{"event", "end"}, {"left", left}});
}

std::size_t GraphRun::DestroyAll(const std::map<std::string, MadeResource>& made) {
  std::vector<std::string> addresses;
  for (const auto& [address, resource] : made) addresses.push_back(address);
  const auto positions = Positions(addresses);
  std::vector<WalkItem> items;
  for (const auto& [address, resource] : made) {
    items.push_back({.after = {}, .work = [this, &address, &resource] {
                       Step("start", address, "destroy");
                       return DestroyMade(address, resource);
                     }});
  }
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    for (const auto& name : made.at(addresses[i]).depends_on) {
      const auto found = positions.find(name);
      if (found == positions.end()) continue;
      for (const auto needed : found->second) items[needed].after.push_back(i);
    }
  }
  return Walk(items, kThreadsMax, stopped_);
}

bool GraphRun::ApplyEntry(const GraphEntry& entry) {
  if (BlockOf(entry.type) == nullptr) {
    return Failed(entry.address, {ErrorKind::kInvalid, "the lab does not have " + entry.type});
  }
  try {
    auto config = Config(entry);
    if (!config) return Failed(entry.address, config.error());
    const auto made = Known(entry, *config);
    for (const auto& name : entry.ignore_changes) {
      if (made) config->At(name) = provider::FromJson(made->state)[name];
    }
    return Change(entry, made ? &*made : nullptr, *config);
  } catch (const std::exception& error) {
    return Failed(entry.address, {ErrorKind::kInternal, error.what()});
  }
}

bool GraphRun::Change(const GraphEntry& entry, const MadeResource* made, const Value& config) {
  const auto problems = provider_.ValidateResource(entry.type, config);
  if (HasError(problems)) return Failed(entry.address, problems);
  const auto prior = made == nullptr
                         ? Value()
                         : provider::Conform(provider::FromJson(made->state), *BlockOf(entry.type));
  const auto plan = provider_.Plan(session_, entry.type, prior,
                                   provider::Proposed(entry.type, prior, config), config);
  if (HasError(plan.diagnostics)) return Failed(entry.address, plan.diagnostics);
  for (const auto& warning : plan.diagnostics) Tell("warning", entry.address, warning);
  if (made != nullptr && (made->tainted || !plan.requires_replace.empty())) {
    return Replace(entry, *made, config);
  }
  if (made != nullptr && plan.planned == prior) {
    emit_({{"event", "same"}, {"address", entry.address}});
    return true;
  }
  Step("start", entry.address, made == nullptr ? "create" : "update");
  return Put(entry, prior, plan, config);
}

bool GraphRun::Replace(const GraphEntry& entry, const MadeResource& made, const Value& config) {
  Step("start", entry.address, "replace");
  // Nothing needs a tainted one yet: it may go first, and its name is free again.
  const bool destroy_first = made.tainted || !entry.create_before_destroy;
  if (destroy_first && !DestroyMade(entry.address, made)) return false;
  const auto plan = provider_.Plan(session_, entry.type, Value(),
                                   provider::Proposed(entry.type, Value(), config), config);
  if (HasError(plan.diagnostics)) return Failed(entry.address, plan.diagnostics);
  if (!Put(entry, Value(), plan, config)) return false;
  if (destroy_first) return true;
  const auto gone = provider_.Apply(
      session_, entry.type, provider::Conform(provider::FromJson(made.state), *BlockOf(entry.type)),
      Value(), Value(), stopped_);
  return !HasError(gone.diagnostics) || Failed(entry.address, gone.diagnostics);
}

bool GraphRun::Put(const GraphEntry& entry, const Value& prior, const provider::PlanAnswer& plan,
                   const Value& config) {
  const auto answer = provider_.Apply(session_, entry.type, prior, plan.planned, config, stopped_);
  const bool bad = HasError(answer.diagnostics);
  if (!answer.state.is_null()) {
    const auto& block = *BlockOf(entry.type);
    const auto saved = memory_.Put(
        entry.address,
        {.type = entry.type,
         .depends_on = entry.depends_on,
         .tainted = bad && prior.is_null(),
         .state = provider::ToJsonObject(provider::WithoutSensitive(answer.state, block))});
    if (!saved) return Failed(entry.address, saved.error());
  }
  if (bad) return Failed(entry.address, answer.diagnostics);
  Step("done", entry.address, prior.is_null() ? "create" : "update");
  return true;
}

bool GraphRun::DestroyMade(const std::string& address, const MadeResource& made) {
  const auto* block = BlockOf(made.type);
  if (block == nullptr) {
    return Failed(address, {ErrorKind::kInvalid, "the lab does not have " + made.type});
  }
  try {
    const auto prior = provider::Conform(provider::FromJson(made.state), *block);
    const auto answer = provider_.Apply(session_, made.type, prior, Value(), Value(), stopped_);
    if (HasError(answer.diagnostics)) return Failed(address, answer.diagnostics);
  } catch (const std::exception& error) {
    return Failed(address, {ErrorKind::kInternal, error.what()});
  }
  if (const auto saved = memory_.Forget(address); !saved) return Failed(address, saved.error());
  Step("done", address, "destroy");
  return true;
}

// What was made of an entry before and still stands, as the lab has it now.
std::optional<MadeResource> GraphRun::Known(const GraphEntry& entry, const Value& config) {
  auto made = memory_.Find(entry.address);
  if (!made) return resumed_ ? TakeUp(entry, config) : std::nullopt;
  const auto& block = *BlockOf(entry.type);
  const auto read = provider_.Read(session_, entry.type,
                                   provider::Conform(provider::FromJson(made->state), block));
  if (HasError(read.diagnostics)) return made;
  if (read.state.is_null()) return std::nullopt;
  made->state = provider::ToJsonObject(provider::WithoutSensitive(read.state, block));
  return made;
}

// A resource that stands, is what the entry says, and belongs to no other entry: it was being made
// when a daemon died. How far that got nobody knows, so it is tainted.
std::optional<MadeResource> GraphRun::TakeUp(const GraphEntry& entry, const Value& config) {
  const auto* block = BlockOf(entry.type);
  if (block == nullptr) return std::nullopt;
  const std::lock_guard lock(take_up_);
  std::set<std::string> taken;
  for (const auto& [address, made] : memory_.All()) {
    if (made.type == entry.type) taken.insert(aws::String(made.state, "id"));
  }
  const auto state = account_.State();
  for (const auto& [key, resource] : state->all()) {
    const bool near = key.region == graph_.region || key.region == aws::kGlobal;
    if (key.type != entry.type || !near || taken.contains(key.id) || IsDeleting(*resource))
      continue;
    const auto standing = provider::Conform(provider::FromJson(resource->attributes), *block);
    if (!IsOf(standing, provider::Conform(config, *block), *block)) continue;
    MadeResource made{.type = entry.type,
                      .depends_on = entry.depends_on,
                      .tainted = true,
                      .state = provider::ToJsonObject(standing)};
    if (!memory_.Put(entry.address, made)) return std::nullopt;
    return made;
  }
  return std::nullopt;
}

Result<Value> GraphRun::Config(const GraphEntry& entry) {
  const auto resolve = [this](std::string_view name) { return Resolve(name); };
  SCV_ASSIGN(const auto expanded, Expand(entry.config, resolve, /*encode=*/true));
  const auto* block = BlockOf(entry.type);
  if (block == nullptr) return Fail(ErrorKind::kInvalid, "the lab does not have " + entry.type);
  return provider::Conform(provider::FromJson(expanded), *block);
}

// "ADDRESS:PATH" of another resource, "@GRAPH/ADDRESS:PATH" of one that another graph has made, or
// "ephemeral.TYPE.ATTRIBUTE[.FIELD]".
Result<std::optional<std::string>> GraphRun::Resolve(std::string_view name) {
  if (name.starts_with(kEphemeral)) return OpenEphemeral(name.substr(kEphemeral.size()));
  if (name.starts_with('@')) {
    const auto slash = std::min(name.find('/'), name.size() - 1);
    SCV_ASSIGN(const auto other, memory_.Beside(std::string(name.substr(1, slash - 1))));
    return TextOf(*other, name.substr(slash + 1));
  }
  return TextOf(memory_, name);
}

Result<std::optional<std::string>> GraphRun::TextOf(const GraphMemory& memory,
                                                    std::string_view name) {
  const auto colon = name.rfind(':');
  const std::string address(name.substr(0, colon));
  const auto made = memory.Find(address);
  if (!made || colon == name.npos) {
    return Fail(ErrorKind::kNotFound, "it needs " + address + ", which does not stand");
  }
  auto found = TextAt(made->state, name.substr(colon + 1));
  if (found) return found;
  return Fail(ErrorKind::kInternal, "it needs " + std::string(name) + ", which has no value");
}

Result<std::optional<std::string>> GraphRun::OpenEphemeral(std::string_view name) {
  const std::string type(name.substr(0, name.find('.')));
  const auto config = graph_.ephemeral.find(type);
  const auto block = provider::TheSchema().ephemeral.find(type);
  if (config == graph_.ephemeral.end() || block == provider::TheSchema().ephemeral.end()) {
    return Fail(ErrorKind::kInvalid, "the graph has no ephemeral " + type);
  }
  const auto resolve = [this](std::string_view inner) { return Resolve(inner); };
  SCV_ASSIGN(const auto expanded, Expand(config->second, resolve, /*encode=*/true));
  const auto answer = provider_.OpenEphemeral(
      session_, type, provider::Conform(provider::FromJson(expanded), block->second));
  if (HasError(answer.diagnostics)) {
    return Fail(ErrorKind::kUnavailable, answer.diagnostics.front().detail);
  }
  name.remove_prefix(std::min(name.size(), type.size() + 1));
  const auto attribute = name.substr(0, name.find('.'));
  const auto& text = answer.state[attribute].Text();
  if (attribute.size() == name.size()) return text;
  boost::system::error_code failed;
  const auto parsed = json::parse(text, failed);
  auto found = failed ? std::nullopt : TextAt(parsed, name.substr(attribute.size() + 1));
  if (found) return found;
  return Fail(ErrorKind::kInternal, "the value of " + type + " has no such field");
}

bool GraphRun::Failed(const std::string& address, const provider::Diagnostics& diagnostics) {
  for (const auto& diagnostic : diagnostics) {
    if (!diagnostic.warning) Tell("failed", address, diagnostic);
  }
  return false;
}

void GraphRun::Tell(const char* event, const std::string& address,
                    const provider::Diagnostic& diagnostic) {
  emit_({{"event", event},
         {"address", address},
         {"summary", diagnostic.summary},
         {"detail", diagnostic.detail}});
}

bool GraphRun::Failed(const std::string& address, const Error& error) {
  return Failed(address, provider::Diagnostics{{.warning = false,
                                                .summary = "Could not apply " + address,
                                                .detail = error.message,
                                                .path = {}}});
}

void GraphRun::Step(const char* event, const std::string& address, const char* action) {
  emit_({{"event", event}, {"address", address}, {"action", action}});
}

}  // namespace scv::daemon
