#include "provider/references.h"

#include <algorithm>

#include "aws/arn.h"
#include "provider/cloudformation_recorded.h"
#include "provider/conform.h"
#include "provider/paths.h"
#include "provider/schema.h"

namespace scv::provider {
namespace {

// "vpc-" of "vpc-{hex:17}".
std::string_view FixedPart(std::string_view type) {
  const auto* entry = FindEntry(type);
  if (entry == nullptr) return {};
  return std::string_view(entry->id).substr(0, entry->id.find('{'));
}

bool LooksLike(std::string_view value, std::string_view type) {
  const auto fixed = FixedPart(type);
  return !fixed.empty() && value.starts_with(fixed);
}

const aws::Resource* FindBy(const aws::DesiredState& state, std::string_view region,
                            std::string_view type, std::string_view by, const std::string& value) {
  if (by == "id") return state.Find(region, type, value);
  for (const auto& resource : state.List(region, type)) {
    if (aws::String(resource->attributes, by) == value) return resource.get();
  }
  return nullptr;
}

// What every VPC has from the beginning, whether or not Terraform has taken it over.
const aws::Resource* FindDefault(const aws::DesiredState& state, std::string_view region,
                                 std::string_view type, const std::string& id) {
  const bool group = type == "aws_default_security_group";
  if (!group && type != "aws_default_route_table") return nullptr;
  return FindBy(state, region, "aws_vpc",
                group ? "default_security_group_id" : "default_route_table_id", id);
}

const aws::Resource* FindTarget(const aws::DesiredState& state, const Reference& reference,
                                std::string_view region, const std::string& value) {
  for (const auto& type : reference.types) {
    const auto* found = FindBy(state, RegionOf(type, region), type, reference.by, value);
    if (found != nullptr) return found;
    // What a stack has made does as well.
    const auto recorded = cloudformation::RecordedTypeOf(type);
    if (!recorded.empty())
      found = FindBy(state, RegionOf(type, region), recorded, reference.by, value);
    if (found != nullptr) return found;
    if (const auto* vpc = FindDefault(state, region, type, value)) return vpc;
  }
  return nullptr;
}

std::string OtherRegion(const aws::DesiredState& state, const Reference& reference,
                        const std::string& value) {
  for (const auto& type : reference.types) {
    for (const auto& resource : state.List(type)) {
      const bool same = reference.by == "id"
                            ? resource->key.id == value
                            : aws::String(resource->attributes, reference.by) == value;
      if (same) return resource->key.region;
    }
  }
  return {};
}

// Whether the lab can know what this value names.
bool IsOurs(const Reference& reference, const std::string& value) {
  if (value.empty()) return false;
  if (const auto arn = aws::ParseArn(value)) {
    return arn->account.empty() || arn->account == aws::kLabAccount;
  }
  if (reference.by == "arn") return false;
  // Every region has its default groups from the beginning.
  if (reference.by == "name" && value.starts_with("default")) return false;
  if (reference.by != "id" || reference.types.size() == 1) return true;
  return std::ranges::any_of(reference.types,
                             [&](const auto& type) { return LooksLike(value, type); });
}

bool IsGenerated(const Reference& reference, const std::string& value) {
  return reference.by == "id" &&
         std::ranges::any_of(reference.types, [&](const auto& t) { return LooksLike(value, t); });
}

Diagnostic Missing(const aws::DesiredState& state, const Reference& reference,
                   const std::string& value, const std::string& region, const Path& path) {
  const auto elsewhere = OtherRegion(state, reference, value);
  if (!elsewhere.empty()) {
    return {.summary = reference.types[0] + " " + value + " is in another region",
            .detail = Describe(path) + " names a resource of " + elsewhere +
                      ", but this one is made in " + region +
                      ". Use one of the same region, or the provider of that region.",
            .path = path};
  }
  return {.summary = reference.types[0] + " " + value + " does not exist",
          .detail = Describe(path) + " must name one that exists in " + region +
                    " (NotFound). Refer to the resource itself, such as " + reference.types[0] +
                    ".name." + reference.by + ", so that Terraform makes it first.",
          .path = path};
}

bool RefersTo(const aws::Resource& from, const Entry& entry, const aws::Resource& target,
              std::string& where) {
  const auto value = FromJson(from.attributes);
  for (const auto& reference : entry.references) {
    const bool named = std::ranges::any_of(reference.types, [&](const auto& type) {
      return type == target.key.type || cloudformation::RecordedTypeOf(type) == target.key.type;
    });
    if (!reference.holds || !named) continue;
    const auto wanted =
        reference.by == "id" ? target.key.id : aws::String(target.attributes, reference.by);
    bool found = false;
    Visit(value, reference.path, [&](const Value& item, const Path& path) {
      const auto matches = [&](const Value& v) { return v.Text() == wanted; };
      if (!wanted.empty() && (matches(item) || std::ranges::any_of(item.Items(), matches))) {
        found = true;
        where = Describe(path);
      }
    });
    if (found) return true;
  }
  return false;
}

}  // namespace

std::string RegionOf(std::string_view type, std::string_view region) {
  const auto& resources = TheSchema().resources;
  const auto found = resources.find(type);
  const bool regional = found != resources.end() && found->second.attributes.contains("region");
  return std::string(regional ? region : aws::kGlobal);
}

Diagnostics CheckReferences(const aws::DesiredState& state, const Entry& entry,
                            const Value& attributes, std::string_view region, bool generated_only) {
  Diagnostics problems;
  for (const auto& reference : entry.references) {
    const auto check = [&](const Value& value, const Path& path) {
      const auto& text = value.Text();
      if (!IsOurs(reference, text) || (generated_only && !IsGenerated(reference, text))) return;
      const auto* target = FindTarget(state, reference, region, text);
      if (target == nullptr) {
        problems.push_back(Missing(state, reference, text, std::string(region), path));
      } else if (target->status == aws::Status::kDeleting) {
        problems.push_back({.summary = reference.types[0] + " " + text + " is being deleted",
                            .detail = Describe(path) + " names it. Apply again when it is gone.",
                            .path = path});
      }
    };
    Visit(attributes, reference.path, [&](const Value& value, const Path& path) {
      if (value.As<Value::List>() == nullptr) return check(value, path);
      for (const auto& item : value.Items()) check(item, path);
    });
  }
  return problems;
}

Diagnostics CheckNotNeeded(const aws::DesiredState& state, const aws::Resource& resource) {
  Diagnostics problems;
  for (const auto& [key, other] : state.all()) {
    if (key == resource.key) continue;
    if (key.region != resource.key.region && key.region != aws::kGlobal &&
        resource.key.region != aws::kGlobal) {
      continue;
    }
    const auto* entry = FindEntry(key.type);
    std::string where;
    if (entry == nullptr || !RefersTo(*other, *entry, resource, where)) continue;
    problems.push_back(
        {.summary = resource.key.type + " " + resource.key.id + " is still in use",
         .detail = key.type + " " + key.id + " needs it (" + where +
                   ", DependencyViolation). Delete or change that one first; if Terraform does not "
                   "manage it, remove it by hand or import it.",
         .path = {}});
    if (problems.size() == 5) break;
  }
  return problems;
}

Diagnostics CheckUnique(const aws::DesiredState& state, std::string_view type, const Entry& entry,
                        const Value& attributes, std::string_view region, std::string_view self) {
  Diagnostics problems;
  for (const auto& names : entry.unique) {
    const bool set = std::ranges::all_of(names, [&](const auto& name) {
      return !attributes[name].is_null() && !attributes[name].is_unknown();
    });
    if (!set) continue;
    for (const auto& other : state.List(region, type)) {
      const bool same = std::ranges::all_of(names, [&](const auto& name) {
        const auto* value = other->attributes.if_contains(name);
        return value != nullptr && FromJson(*value) == attributes[name];
      });
      if (!same || other->key.id == self) continue;
      const bool going = other->status == aws::Status::kDeleting;
      problems.push_back(
          {.summary = "There is already an " + std::string(type) + " with this " + names.back(),
           .detail = other->key.id + " has it" +
                     (going ? " and is still being deleted. Apply again when it is gone."
                            : ". Choose another, or take that one over with `terraform import`."),
           .path = {AttributeStep(names.back())}});
    }
  }
  return problems;
}

}  // namespace scv::provider
