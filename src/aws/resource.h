// The desired state: every resource that Terraform (or the lab on its behalf) has created, in AWS's
// vocabulary, as plain values.
#ifndef SCV_AWS_RESOURCE_H_
#define SCV_AWS_RESOURCE_H_

#include <boost/json/object.hpp>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace scv::aws {

// The lab is one account.
inline constexpr std::string_view kLabAccount = "123456789012";
// The region of what has none (IAM, Route 53, CloudFront, …).
inline constexpr std::string_view kGlobal = "global";

struct ResourceKey {
  std::string account{kLabAccount};
  std::string region;  // "ap-northeast-2", or kGlobal
  std::string type;    // Terraform's: "aws_subnet"
  std::string id;      // Terraform's: unique per account, region and type
  auto operator<=>(const ResourceKey&) const = default;
};

// How far the lab is with a resource.
enum class Status {
  kPending,    // recorded; the lab is making it so
  kAvailable,  // stands as desired
  kRecorded,   // nothing in the lab corresponds to this type: kept, not simulated
  kDeleting,   // to be taken down; removed from the state when that is done
  kFailed,     // could not be made so; status_reason says why. The lab keeps trying
};
std::string_view Name(Status status);

struct Resource {
  ResourceKey key;
  // As Terraform's state has it: every attribute and block of the provider's schema, computed ones
  // included, blocks as arrays of objects. Never a secret: write-only attributes are null, and what
  // the schema calls sensitive is kept elsewhere (secret_store.h).
  boost::json::object attributes;
  Status status = Status::kPending;
  std::string status_reason;
  Millis created_at = 0;
  std::uint64_t revision = 0;  // of the whole state, when this resource was last written
};

// A consistent, immutable view. Cheap to copy: resources are shared.
class DesiredState {
 public:
  using Pointer = std::shared_ptr<const Resource>;

  // nullptr: there is none.
  const Resource* Find(const ResourceKey& key) const;
  const Resource* Find(std::string_view region, std::string_view type, std::string_view id) const;
  // All of one type in one region, by id.
  std::vector<Pointer> List(std::string_view region, std::string_view type) const;
  // All of one type everywhere, by region and id.
  std::vector<Pointer> List(std::string_view type) const;
  const std::map<ResourceKey, Pointer>& all() const { return resources_; }
  std::uint64_t revision() const { return revision_; }

  void Put(Resource resource);
  void Remove(const ResourceKey& key);
  void set_revision(std::uint64_t revision) { revision_ = revision; }

 private:
  std::map<ResourceKey, Pointer> resources_;
  std::uint64_t revision_ = 0;
};

// Attributes as values; the empty value where the attribute is missing or null.
std::string String(const boost::json::object& attributes, std::string_view name);
std::int64_t Integer(const boost::json::object& attributes, std::string_view name,
                     std::int64_t otherwise = 0);
bool Boolean(const boost::json::object& attributes, std::string_view name, bool otherwise = false);
std::vector<std::string> Strings(const boost::json::object& attributes, std::string_view name);
// The objects of a nested block; those that are no objects are left out.
std::vector<const boost::json::object*> Blocks(const boost::json::object& attributes,
                                               std::string_view name);
// The first object of a nested block, or nullptr.
const boost::json::object* Block(const boost::json::object& attributes, std::string_view name);

}  // namespace scv::aws

#endif  // SCV_AWS_RESOURCE_H_
