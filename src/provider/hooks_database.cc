// RDS: endpoints, passwords as hashes, deletion protection.
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include "aws/arn.h"
#include "provider/hooks.h"
#include "provider/random_text.h"

namespace scv::provider {
namespace {

std::vector<const aws::Resource*> SubnetsIn(const aws::DesiredState& state,
                                            const std::string& region, const Value& ids) {
  std::vector<const aws::Resource*> found;
  for (const auto& id : ids.Items()) {
    if (const auto* subnet = state.Find(region, "aws_subnet", id.Text())) found.push_back(subnet);
  }
  return found;
}

Result<void> FillSubnetGroup(const aws::DesiredState& state, HookContext& context) {
  std::set<std::string> vpcs;
  std::set<std::string> zones;
  for (const auto* subnet : SubnetsIn(state, context.region, context.attributes["subnet_ids"])) {
    vpcs.insert(aws::String(subnet->attributes, "vpc_id"));
    zones.insert(aws::String(subnet->attributes, "availability_zone"));
  }
  if (vpcs.size() == 1 && zones.size() >= 2) {
    context.attributes.At("vpc_id") = Value(*vpcs.begin());
    return {};
  }
  const std::string why = vpcs.size() != 1 ? "All subnets of a DB subnet group must be of one VPC."
                                           : "A DB subnet group must cover at least two zones "
                                             "(DBSubnetGroupDoesNotCoverEnoughAZs).";
  context.diagnostics.push_back({.summary = "The DB subnet group's subnets do not fit",
                                 .detail = why,
                                 .path = {AttributeStep("subnet_ids")}});
  return Fail(ErrorKind::kInvalid, why);
}

bool IsGiven(const Value& value) { return !value.is_null(); }

bool IsCopy(const Value& config) {
  return IsGiven(config["replicate_source_db"]) || IsGiven(config["snapshot_identifier"]) ||
         !config["restore_to_point_in_time"].Items().empty() ||
         !config["s3_import"].Items().empty();
}

void ValidateInstance(const Value& config, Diagnostics& diagnostics) {
  const auto need = [&](std::string_view summary, std::string detail) {
    diagnostics.push_back(
        {.summary = std::string(summary), .detail = std::move(detail), .path = {}});
  };
  // What is unknown yet may turn out to be null.
  const auto known = [&](const char* name) { return !config[name].Text().empty(); };
  if (known("replicate_source_db") && (known("username") || known("db_name"))) {
    need("A replica has its source's user and database",
         "Leave username and db_name out where replicate_source_db is set.");
  }
  if (IsCopy(config)) return;
  for (const auto* name : {"engine", "username", "allocated_storage"}) {
    if (config[name].is_null())
      need("Missing argument", std::string("A new database needs ") + name + ".");
  }
}

// A database that was a replica has its source's password, and its configuration none: only a new
// one must have it.
Result<void> CheckPassword(const HookContext& context) {
  const auto& config = context.config;
  const bool given = !config["password"].is_null() || !config["password_wo"].is_null() ||
                     config["manage_master_user_password"].Flag();
  if (given || !context.creating() || IsCopy(config)) return {};
  return Fail(ErrorKind::kInvalid,
              "a new database needs a password: set password_wo with password_wo_version; it stays "
              "out of the state");
}

// How long a replica waits for a source that another apply is still about to create. On AWS the
// source must be there first.
constexpr std::chrono::seconds kSourcePatience{60};
constexpr std::chrono::milliseconds kSourceLook{20};  // nobody tells when a resource appears

const aws::Resource* FindSource(const aws::DesiredState& state, const std::string& region,
                                const std::string& source) {
  for (const auto& other : state.List("aws_db_instance")) {
    const auto& a = other->attributes;
    const bool named = aws::String(a, "identifier") == source && other->key.region == region;
    if (aws::String(a, "arn") == source || named) return other.get();
  }
  return nullptr;
}

Result<void> WaitForSource(const HookContext& context) {
  const auto& source = context.attributes["replicate_source_db"].Text();
  if (source.empty() || !context.creating()) return {};
  const auto until = std::chrono::steady_clock::now() + kSourcePatience;
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable never_told;
  for (;;) {
    const auto state = context.services.account->State();
    const auto* found = FindSource(*state, context.region, source);
    if (found != nullptr && found->status != aws::Status::kDeleting) {
      if (aws::Integer(found->attributes, "backup_retention_period") > 0) return {};
      return Fail(ErrorKind::kInvalid, "the source " + source +
                                           " keeps no backups, and then RDS makes no replica of "
                                           "it: set its backup_retention_period above 0");
    }
    if (std::chrono::steady_clock::now() >= until) {
      return Fail(ErrorKind::kNotFound, "there is no source " + source +
                                            " (DBInstanceNotFound). Apply the region that has it "
                                            "first, or at the same time");
    }
    never_told.wait_for(lock, kSourceLook);
  }
}

// A replica can become a database of its own, and never the other way round.
Result<void> CheckPromotion(const HookContext& context) {
  const auto& before = context.prior["replicate_source_db"].Text();
  const auto& after = context.attributes["replicate_source_db"].Text();
  if (context.creating() || after.empty() || after == before) return {};
  return Fail(ErrorKind::kInvalid,
              "a database that stands cannot become a replica, nor follow another source. Make it "
              "anew: terraform apply -replace=ADDRESS");
}

// Only the hash is kept, of whichever password the configuration has.
Result<void> HashPassword(HookContext& context) {
  const auto changed = [&](const char* name) {
    return context.attributes[name] != context.prior[name];
  };
  if (!context.creating() && !changed("password_wo_version") && !changed("password")) return {};
  const auto& written = context.config["password_wo"].Text();
  const auto& password = written.empty() ? context.config["password"].Text() : written;
  if (!password.empty()) context.hidden["_master_password_hash"] = NativePasswordHash(password);
  return {};
}

Result<void> PrepareInstance(HookContext& context) {
  SCV_TRY(CheckPassword(context));
  SCV_TRY(CheckPromotion(context));
  SCV_TRY(WaitForSource(context));
  return HashPassword(context);
}

// "mariadb10.11" and so on, for the default groups' names.
std::string Family(const Value& attributes, const char* between) {
  const auto& version = attributes["engine_version"].Text();
  const auto first = version.find('.');
  const auto second = first == std::string::npos ? first : version.find('.', first + 1);
  auto text = version.substr(0, second);
  if (const auto dot = text.find('.'); dot != std::string::npos) text.replace(dot, 1, between);
  return text;
}

void FillFromSource(const aws::DesiredState& state, HookContext& context) {
  const auto& source = context.attributes["replicate_source_db"].Text();
  if (source.empty() || !context.creating()) return;
  const auto* found = FindSource(state, context.region, source);
  if (found == nullptr) return;
  const auto& a = found->attributes;
  for (const auto* name : {"engine", "engine_version", "username", "db_name"}) {
    auto& own = context.attributes.At(name);
    if (own.is_unknown() || own.is_null()) own = Value(aws::String(a, name));
  }
  auto& storage = context.attributes.At("allocated_storage");
  if (storage.is_unknown()) storage = Value(aws::Integer(a, "allocated_storage", 20));
  if (const auto* hash = a.if_contains("_master_password_hash")) {
    context.hidden["_master_password_hash"] = *hash;
  }
}

void FillPlace(const aws::DesiredState& state, HookContext& context) {
  auto& attributes = context.attributes;
  const auto* group =
      state.Find(context.region, "aws_db_subnet_group", attributes["db_subnet_group_name"].Text());
  if (group == nullptr) return;
  const auto subnets = aws::Strings(group->attributes, "subnet_ids");
  auto& zone = attributes.At("availability_zone");
  std::set<std::string> zones;
  for (const auto& id : subnets) {
    if (const auto* subnet = state.Find(context.region, "aws_subnet", id)) {
      zones.insert(aws::String(subnet->attributes, "availability_zone"));
    }
  }
  if (zone.is_unknown() && !zones.empty()) zone = Value(*zones.begin());
  auto& groups = attributes.At("vpc_security_group_ids");
  const auto* vpc = state.Find(context.region, "aws_vpc", aws::String(group->attributes, "vpc_id"));
  if (groups.is_unknown() && vpc != nullptr) {
    groups = Value(Value::List{Value(aws::String(vpc->attributes, "default_security_group_id"))});
  }
}

Result<void> FillInstance(const aws::DesiredState& state, HookContext& context) {
  auto& attributes = context.attributes;
  FillFromSource(state, context);
  FillPlace(state, context);
  auto& identifier = attributes.At("identifier");
  if (identifier.is_unknown()) {
    const auto& prefix = attributes["identifier_prefix"].Text();
    identifier = Value((prefix.empty() ? "terraform-" : prefix) + RandomText(20, kHexDigits));
  }
  if (attributes["engine_version"].is_unknown()) attributes.At("engine_version") = Value("10.11");
  const auto& engine = attributes["engine"].Text();
  if (attributes["parameter_group_name"].is_unknown()) {
    attributes.At("parameter_group_name") = Value("default." + engine + Family(attributes, "."));
  }
  if (attributes["option_group_name"].is_unknown()) {
    attributes.At("option_group_name") = Value("default:" + engine + "-" + Family(attributes, "-"));
  }
  if (attributes["address"].is_unknown()) {
    // The middle is the account's in a region.
    const auto middle = HashText(std::string(aws::kLabAccount) + context.region, 12);
    attributes.At("address") = Value(identifier.Text() + ".c" + middle.substr(1) + "." +
                                     context.region + ".rds.amazonaws.com");
  }
  if (attributes["hosted_zone_id"].is_unknown()) {
    attributes.At("hosted_zone_id") = Value("Z" + HashText("rds" + context.region, 13));
  }
  return {};
}

Result<void> MayDeleteInstance(const aws::DesiredState& /*state*/, HookContext& context) {
  if (context.attributes["deletion_protection"].Flag()) {
    return Fail(ErrorKind::kConflict,
                "it is protected against deletion (InvalidParameterCombination). Apply "
                "deletion_protection = false first");
  }
  const bool replica = !context.attributes["replicate_source_db"].Text().empty();
  if (!replica && !context.attributes["skip_final_snapshot"].Flag() &&
      context.attributes["final_snapshot_identifier"].Text().empty()) {
    return Fail(ErrorKind::kInvalid,
                "final_snapshot_identifier is required when skip_final_snapshot is false. Apply "
                "one of them first");
  }
  return {};
}

}  // namespace

const Hooks* DatabaseHooks(std::string_view type) {
  static const std::map<std::string_view, Hooks> kHooks{
      {"aws_db_subnet_group", {.fill = FillSubnetGroup}},
      {"aws_db_instance",
       {.validate = ValidateInstance,
        .prepare = PrepareInstance,
        .fill = FillInstance,
        .may_delete = MayDeleteInstance}},
  };
  const auto found = kHooks.find(type);
  return found == kHooks.end() ? nullptr : &found->second;
}

}  // namespace scv::provider
