#include "provider/data_sources.h"

#include <fnmatch.h>

#include <algorithm>
#include <map>

#include "provider/conform.h"
#include "provider/random_text.h"
#include "provider/references.h"
#include "provider/zones.h"

namespace scv::provider {
namespace {

using Answer = Result<Value>;

Answer Zones(const DataQuery& query) {
  Value::List names;
  Value::List ids;
  for (const auto& zone : ZonesOf(query.region)) {
    names.emplace_back(zone.name);
    ids.emplace_back(zone.id);
  }
  for (const auto& filter : query.config["filter"].Items()) {
    const auto& name = filter["name"].Text();
    const auto& values = filter["values"].Items();
    const bool standard =
        (name == "opt-in-status" && std::ranges::count(values, Value("opt-in-not-required")) > 0) ||
        (name == "zone-type" && std::ranges::count(values, Value("availability-zone")) > 0) ||
        name == "region-name" || name == "state";
    if (!standard) {
      names.clear();
      ids.clear();
    }
  }
  const auto leave_out = [&](const char* list, const Value::List& by) {
    const auto excluded = query.config[list].Items();
    for (std::size_t i = by.size(); i-- > 0;) {
      if (std::ranges::count(excluded, by[i]) == 0) continue;
      names.erase(names.begin() + static_cast<std::ptrdiff_t>(i));
      ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(i));
    }
  };
  leave_out("exclude_names", Value::List(names));
  leave_out("exclude_zone_ids", Value::List(ids));
  return Value(Value::Object{{"id", Value(query.region)},
                             {"names", Value(names)},
                             {"zone_ids", Value(ids)},
                             {"group_names", Value(Value::List{Value(query.region)})}});
}

Answer Identity(const DataQuery& /*query*/) {
  const std::string account(aws::kLabAccount);
  return Value(Value::Object{{"id", Value(account)},
                             {"account_id", Value(account)},
                             {"arn", Value("arn:aws:iam::" + account + ":user/lab")},
                             {"user_id", Value("AIDALABLABLABLABLABLA")}});
}

Answer Partition(const DataQuery& /*query*/) {
  return Value(Value::Object{{"id", Value("aws")},
                             {"partition", Value("aws")},
                             {"dns_suffix", Value("amazonaws.com")},
                             {"reverse_dns_prefix", Value("com.amazonaws")}});
}

Answer Region(const DataQuery& query) {
  const auto& named = query.config["name"].Text();
  const auto region = named.empty() ? query.region : named;
  return Value(Value::Object{{"id", Value(region)},
                             {"name", Value(region)},
                             {"region", Value(region)},
                             {"endpoint", Value("ec2." + region + ".amazonaws.com")},
                             {"description", Value(region)}});
}

// The account that writes load balancers' access logs in older regions.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
Answer LogWriter(const DataQuery& query) {
  static const std::map<std::string_view, std::string_view> kAccounts{
      {"ap-northeast-1", "582318560864"}, {"ap-northeast-2", "600734575887"},
      {"us-east-1", "127311923021"},      {"us-west-2", "797873946194"},
      {"eu-west-1", "156460612806"},      {"eu-central-1", "054676820928"}};
  const auto found = kAccounts.find(query.region);
  if (found == kAccounts.end()) {
    return Fail(ErrorKind::kNotFound, "the lab knows no log account of " + query.region +
                                          "; grant logdelivery.elasticloadbalancing.amazonaws.com "
                                          "instead");
  }
  const std::string account(found->second);
  return Value(
      Value::Object{{"id", Value(account)}, {"arn", Value("arn:aws:iam::" + account + ":root")}});
}

// Debian's own images: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/finding-an-ami.html
constexpr std::string_view kDebianOwner = "136693071363";

struct Image {
  std::string name, architecture;
};

bool Fits(const Image& image, const Value& filter) {
  const auto& name = filter["name"].Text();
  std::string value;
  if (name == "name") value = image.name;
  if (name == "architecture") value = image.architecture;
  if (name == "virtualization-type") value = "hvm";
  if (name == "root-device-type") value = "ebs";
  if (name == "state") value = "available";
  if (name == "owner-id") value = kDebianOwner;
  if (name == "image-type") value = "machine";
  if (name == "is-public") value = "true";
  return std::ranges::any_of(filter["values"].Items(), [&](const Value& pattern) {
    return ::fnmatch(pattern.Text().c_str(), value.c_str(), 0) == 0;
  });
}

Value Describe(const Image& image, const std::string& region) {
  const auto id = "ami-" + HashText(image.name + region, 17);
  return Value(Value::Object{{"id", Value(id)},
                             {"image_id", Value(id)},
                             {"arn", Value("arn:aws:ec2:" + region + "::image/" + id)},
                             {"name", Value(image.name)},
                             {"architecture", Value(image.architecture)},
                             {"owner_id", Value(kDebianOwner)},
                             {"creation_date", Value("2025-01-01T00:00:00.000Z")},
                             {"description", Value("Debian 12")},
                             {"ena_support", Value(true)},
                             {"hypervisor", Value("xen")},
                             {"image_type", Value("machine")},
                             {"imds_support", Value("")},
                             {"public", Value(true)},
                             {"root_device_name", Value("/dev/xvda")},
                             {"root_device_type", Value("ebs")},
                             {"sriov_net_support", Value("simple")},
                             {"state", Value("available")},
                             {"usage_operation", Value("RunInstances")},
                             {"platform_details", Value("Linux/UNIX")},
                             {"virtualization_type", Value("hvm")}});
}

Answer Ami(const DataQuery& query) {
  const auto& owners = query.config["owners"].Items();
  const bool owned = owners.empty() || std::ranges::any_of(owners, [](const Value& owner) {
                       return owner.Text() == kDebianOwner || owner.Text() == "amazon" ||
                              owner.Text() == "aws-marketplace";
                     });
  for (const auto* architecture : {"amd64", "arm64"}) {
    const Image image{std::string("debian-12-") + architecture + "-20250101-1980",
                      std::string(architecture) == "amd64" ? "x86_64" : "arm64"};
    const auto& filters = query.config["filter"].Items();
    if (owned && std::ranges::all_of(filters, [&](const Value& f) { return Fits(image, f); })) {
      return Describe(image, query.region);
    }
  }
  return Fail(ErrorKind::kNotFound,
              "no image matches. The lab has Debian 12 for amd64 and arm64: owners = "
              "[\"136693071363\"], name debian-12-amd64-*");
}

std::string WithoutDot(std::string text) {
  if (text.ends_with('.')) text.pop_back();
  return text;
}

Answer HostedZone(const DataQuery& query) {
  const auto wanted = WithoutDot(query.config["name"].Text());
  const auto& id = query.config["zone_id"].Text();
  for (const auto& zone : query.services.account->State()->List("aws_route53_zone")) {
    const auto& a = zone->attributes;
    const bool is_private = !aws::Blocks(a, "vpc").empty();
    const bool fits = id.empty() ? WithoutDot(aws::String(a, "name")) == wanted &&
                                       is_private == query.config["private_zone"].Flag()
                                 : zone->key.id == id;
    if (!fits || zone->status == aws::Status::kDeleting) continue;
    auto found = FromJson(a);
    found.At("private_zone") = Value(is_private);
    found.At("caller_reference") = Value("");
    found.At("linked_service_principal") = Value("");
    found.At("linked_service_description") = Value("");
    found.At("resource_record_set_count") = Value(2);
    return found;
  }
  return Fail(ErrorKind::kNotFound, "no hosted zone " + (id.empty() ? wanted : id) +
                                        "; make it with aws_route53_zone first");
}

// Whether a resource has all the tags that are asked for, in `tags` or as filters. kInvalid: a
// filter that the lab does not know.
Result<bool> HasTags(const DataQuery& query, const aws::Resource& resource) {
  const auto own = FromJson(resource.attributes);
  const auto has = [&](const std::string& name, const Value::List& values) {
    return std::ranges::any_of(values, [&](const Value& pattern) {
      return ::fnmatch(pattern.Text().c_str(), own["tags_all"][name].Text().c_str(), 0) == 0;
    });
  };
  for (const auto& [name, value] : query.config["tags"].Fields()) {
    if (own["tags_all"][name] != value) return false;
  }
  for (const auto& filter : query.config["filter"].Items()) {
    const auto& name = filter["name"].Text();
    if (!name.starts_with("tag:")) {
      return Fail(ErrorKind::kInvalid,
                  "the lab does not know the filter " + name + "; use tags, or tag:NAME");
    }
    if (!has(name.substr(4), filter["values"].Items())) return false;
  }
  return true;
}

Answer RouteTables(const DataQuery& query) {
  const auto& vpc = query.config["vpc_id"].Text();
  Value::List ids;
  for (const auto& table : query.services.account->State()->List(query.region, "aws_route_table")) {
    if (!vpc.empty() && aws::String(table->attributes, "vpc_id") != vpc) continue;
    SCV_ASSIGN(const bool fits, HasTags(query, *table));
    if (fits && table->status != aws::Status::kDeleting) ids.emplace_back(table->key.id);
  }
  if (ids.empty()) {
    return Fail(ErrorKind::kNotFound, "no route table in " + query.region + " is as asked for");
  }
  return Value(Value::Object{{"id", Value(query.region)}, {"ids", Value(std::move(ids))}});
}

// A data source that finds one resource of the lab by any of these attributes, and by its tags.
Answer Lookup(const DataQuery& query, std::string_view type, const std::vector<std::string>& by) {
  const auto state = query.services.account->State();
  std::string asked;
  for (const auto& resource : state->List(RegionOf(type, query.region), type)) {
    if (resource->status == aws::Status::kDeleting) continue;
    SCV_ASSIGN(const bool tagged, HasTags(query, *resource));
    if (!tagged) continue;
    bool fits = !query.config["tags"].Fields().empty() || !query.config["filter"].Items().empty();
    for (const auto& name : by) {
      const auto& wanted = query.config[name].Text();
      if (wanted.empty()) continue;
      asked = name + " = " + wanted;
      fits = name == "id" ? resource->key.id == wanted
                          : aws::String(resource->attributes, name) == wanted;
      if (!fits) break;
    }
    if (fits) return FromJson(resource->attributes);
  }
  return Fail(ErrorKind::kNotFound, "no " + std::string(type) + " in " + query.region +
                                        (asked.empty() ? " is as asked for" : " with " + asked) +
                                        ". Apply the region that makes it first");
}

}  // namespace

Result<Value> ReadDataSource(std::string_view type, const DataQuery& query) {
  static const std::map<std::string_view, Answer (*)(const DataQuery&)> kReaders{
      {"aws_availability_zones", Zones},
      {"aws_caller_identity", Identity},
      {"aws_partition", Partition},
      {"aws_region", Region},
      {"aws_elb_service_account", LogWriter},
      {"aws_ami", Ami},
      {"aws_route53_zone", HostedZone},
      {"aws_route_tables", RouteTables},
      {"aws_cloudfront_cache_policy",
       [](const DataQuery& q) { return ReadManagedPolicy("cache policy", q.config); }},
      {"aws_cloudfront_origin_request_policy",
       [](const DataQuery& q) { return ReadManagedPolicy("origin request policy", q.config); }},
      {"aws_iam_policy_document", [](const DataQuery& q) { return ReadPolicyDocument(q.config); }}};
  static const std::map<std::string_view, std::vector<std::string>> kLookups{
      {"aws_vpc", {"id", "cidr_block"}},
      {"aws_subnet", {"id", "cidr_block", "vpc_id", "availability_zone"}},
      {"aws_s3_bucket", {"bucket"}},
      {"aws_db_instance", {"db_instance_identifier"}},
      {"aws_secretsmanager_secret", {"arn", "name"}},
      {"aws_lb", {"arn", "name"}}};
  if (const auto reader = kReaders.find(type); reader != kReaders.end()) {
    return reader->second(query);
  }
  const auto lookup = kLookups.find(type);
  if (lookup == kLookups.end()) {
    return Fail(ErrorKind::kInvalid, "the lab has no answer for it");
  }
  if (type == "aws_db_instance") {
    auto config = query.config;
    config.At("identifier") = config["db_instance_identifier"];
    return Lookup({query.services, query.region, config}, type, {"identifier"});
  }
  return Lookup(query, type, lookup->second);
}

}  // namespace scv::provider
