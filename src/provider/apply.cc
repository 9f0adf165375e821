#include "provider/apply.h"

#include <chrono>
#include <map>
#include <utility>

#include "provider/computed.h"
#include "provider/conform.h"
#include "provider/hooks.h"
#include "provider/planner.h"
#include "provider/references.h"

namespace scv::provider {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

constexpr int kSecondsMax = 24 * 3600;

Diagnostic ToDiagnostic(const Error& error, std::string summary) {
  return {.summary = std::move(summary), .detail = error.message, .path = {}};
}

// One change of one resource, from the checks to the lab's answer.
class Change {
 public:
  explicit Change(const ApplyRequest& request, bool protections = true)
      : request_(request),
        protections_(protections),
        attributes_(Conform(request.planned, request.block)) {
    const auto& known = request.planned.is_null() ? request.prior : request.planned;
    region_ = known["region"].Text().empty() ? request.session.region : known["region"].Text();
    key_.region = RegionOf(request.type, region_);
    key_.type = request.type;
    key_.id = request.prior["id"].Text();
  }

  StateAnswer Put() {
    auto context = Context();
    const auto& hooks = HooksOf(request_.type);
    if (hooks.prepare != nullptr && !Held(hooks.prepare(context), "prepare")) return Before();
    const auto written = request_.services.account->Write(
        [this](aws::DesiredState& state) { return WriteInto(state); });
    if (!Held(written, creating() ? "create" : "change")) return Before();
    if (hooks.store != nullptr && !Held(hooks.store(context), "store")) return After();
    const auto settled = request_.services.account->WaitSettled(key_, Deadline(), request_.stopped);
    if (Held(settled, creating() ? "finish creating" : "finish changing")) TakeWhatTheLabDecided();
    return After();
  }

  StateAnswer Delete() {
    attributes_ = request_.prior;
    auto context = Context();
    const auto& hooks = HooksOf(request_.type);
    bool there = true;
    const auto checked = request_.services.account->Write(
        [&](aws::DesiredState& state) { return CheckDelete(state, context, there); });
    if (!Held(checked, "delete")) return Before();
    if (hooks.prepare_delete != nullptr && !Held(hooks.prepare_delete(context), "delete")) {
      return Before();
    }
    if (there && !DeleteInLab()) return Before();
    if (hooks.deleted != nullptr && !Held(hooks.deleted(context), "clean up after"))
      return Before();
    return {Value(), std::move(diagnostics_)};
  }

 private:
  bool creating() const { return request_.prior.is_null(); }
  // Whether it is dropped unless it is acknowledged.
  bool marked() const { return creating() && request_.session.drops_unacknowledged; }

  HookContext Context() {
    return {.services = request_.services,
            .key = key_,
            .region = region_,
            .prior = request_.prior,
            .config = request_.config,
            .attributes = attributes_,
            .hidden = hidden_,
            .diagnostics = diagnostics_};
  }

  // Whether `result` is good; if not, people are told, once.
  bool Held(const Result<void>& result, std::string_view what) {
    if (result.has_value()) return true;
    if (HasError(diagnostics_)) return false;
    const auto name = key_.id.empty() ? request_.type : request_.type + " " + key_.id;
    diagnostics_.push_back(
        ToDiagnostic(result.error(), "Could not " + std::string(what) + " " + name));
    return false;
  }

  Result<void> WriteInto(aws::DesiredState& state) {
    diagnostics_.clear();
    SCV_TRY(Check(state));
    auto context = Context();
    const auto& hooks = HooksOf(request_.type);
    const auto* stored = creating() ? nullptr : state.Find(key_);
    if (!creating() && stored == nullptr) {
      return Fail(ErrorKind::kNotFound, "it is gone; run the plan again, which will create it");
    }
    if (stored != nullptr) KeepHidden(*stored);
    if (hooks.fill != nullptr) SCV_TRY(hooks.fill(state, context));
    Complete(attributes_, request_.block, request_.entry,
             {request_.type, key_.region == aws::kGlobal ? "" : region_, region_});
    key_.id = attributes_["id"].Text();
    if (hooks.finish != nullptr) SCV_TRY(hooks.finish(state, context));
    if (creating() && state.Find(key_) != nullptr && !attributes_["allow_overwrite"].Flag()) {
      return Fail(ErrorKind::kConflict, request_.type + " " + key_.id +
                                            " exists already; take it over with `terraform "
                                            "import`, or choose another name");
    }
    if (hooks.expand != nullptr) SCV_TRY(hooks.expand(state, context));
    Store(state, stored);
    return {};
  }

  Result<void> Check(const aws::DesiredState& state) {
    auto problems =
        CheckReferences(state, request_.entry, attributes_, region_, /*generated_only=*/false);
    auto taken =
        CheckUnique(state, request_.type, request_.entry, attributes_, key_.region, key_.id);
    problems.insert(problems.end(), taken.begin(), taken.end());
    if (problems.empty()) return {};
    diagnostics_ = std::move(problems);
    return Fail(ErrorKind::kConflict, diagnostics_.front().summary);
  }

  void KeepHidden(const aws::Resource& stored) {
    for (const auto& [name, value] : stored.attributes) {
      // Whoever changes it knows of it.
      if (name == aws::kCreatingMark) continue;
      if (name.starts_with("_") && !hidden_.contains(name)) hidden_[name] = value;
    }
  }

  void Store(aws::DesiredState& state, const aws::Resource* stored) {
    aws::Resource resource;
    resource.key = key_;
    resource.created_at = stored == nullptr ? 0 : stored->created_at;
    auto kept = WithoutSensitive(WithoutWriteOnly(attributes_, request_.block), request_.block);
    if (const auto withhold = HooksOf(request_.type).withhold) withhold(kept);
    resource.attributes = ToJsonObject(kept);
    for (const auto& [name, value] : hidden_) resource.attributes[name] = value;
    if (marked()) resource.attributes[aws::kCreatingMark] = true;
    state.Put(std::move(resource));
  }

  // What was unknown in the plan and is the lab's to say, such as an address.
  void TakeWhatTheLabDecided() {
    const auto read = request_.services.account->Read(key_);
    if (!read.has_value()) return;
    const auto seen = Conform(FromJson(*read), request_.block);
    for (const auto& [name, attribute] : request_.block.attributes) {
      if (request_.planned[name].is_unknown() && !seen[name].is_null() && !attribute.sensitive) {
        attributes_.At(name) = seen[name];
      }
    }
  }

  Result<void> CheckDelete(const aws::DesiredState& state, HookContext& context, bool& there) {
    diagnostics_.clear();
    const auto* resource = state.Find(key_);
    there = resource != nullptr;
    if (!there) return {};
    KeepHidden(*resource);
    if (const auto may_delete = HooksOf(request_.type).may_delete; may_delete && protections_) {
      SCV_TRY(may_delete(state, context));
    }
    const auto takes = HooksOf(request_.type).takes_dependents;
    if (takes != nullptr && takes(request_.prior)) return {};
    diagnostics_ = CheckNotNeeded(state, *resource);
    if (diagnostics_.empty()) return {};
    return Fail(ErrorKind::kConflict, diagnostics_.front().summary);
  }

  bool DeleteInLab() {
    const auto deleted = request_.services.account->Delete(key_);
    if (!deleted.has_value() && deleted.error().kind == ErrorKind::kNotFound) return true;
    if (!Held(deleted, "delete")) return false;
    const auto gone = request_.services.account->WaitSettled(key_, Deadline(), request_.stopped);
    if (!gone.has_value() && gone.error().kind == ErrorKind::kNotFound) return true;
    return Held(gone, "finish deleting");
  }

  Clock::time_point Deadline() const {
    const bool deleting = request_.planned.is_null();
    const auto* name = deleting ? "delete" : (creating() ? "create" : "update");
    const int usual =
        deleting ? request_.entry.delete_seconds
                 : (creating() ? request_.entry.create_seconds : request_.entry.update_seconds);
    const auto& known = deleting ? request_.prior : request_.planned;
    return Clock::now() + std::chrono::seconds(ParseSeconds(known["timeouts"][name].Text(), usual));
  }

  // Nothing was changed.
  StateAnswer Before() { return {request_.prior, std::move(diagnostics_)}; }
  // It stands, ready or not.
  StateAnswer After() {
    StateAnswer answer{WithoutWriteOnly(Conform(attributes_, request_.block), request_.block),
                       std::move(diagnostics_)};
    if (marked()) answer.made = key_;
    return answer;
  }

  const ApplyRequest& request_;
  bool protections_;
  Value attributes_;
  json::object hidden_;
  Diagnostics diagnostics_;
  std::string region_;
  aws::ResourceKey key_;
};

}  // namespace

int ParseSeconds(const std::string& text, int otherwise) {
  static const std::map<char, int> kUnits{{'h', 3600}, {'m', 60}, {'s', 1}};
  int total = 0;
  int number = 0;
  bool digits = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9' && number < kSecondsMax) {
      number = number * 10 + (c - '0');
      digits = true;
    } else if (const auto unit = kUnits.find(c); unit != kUnits.end() && digits) {
      total += number * unit->second;
      number = 0;
      digits = false;
    } else {
      return otherwise;
    }
    if (total > kSecondsMax) return kSecondsMax;
  }
  return text.empty() || digits ? otherwise : total;
}

Diagnostics DropResource(const ApplyRequest& request) {
  return Change(request, /*protections=*/false).Delete().diagnostics;
}

StateAnswer ApplyChange(const ApplyRequest& request) {
  Change change(request);
  return request.planned.is_null() ? change.Delete() : change.Put();
}

}  // namespace scv::provider
