#include "control/address_book.h"

#include <algorithm>
#include <utility>

#include "aws/ipv4.h"

namespace scv::control {
namespace {

namespace json = boost::json;

constexpr std::uint32_t kReservedFirst = 4;
constexpr std::uint32_t kPublicBase = 203U << 24 | 113U << 8;  // 203.0.113.0, RFC 5737
constexpr int kUplinksMost = 64;                               // /30s in a /24

std::string PublicMark(std::string_view owner) { return "public " + std::string(owner); }
std::string UplinkMark(std::string_view region, std::string_view vpc) {
  return "uplink " + std::string(region) + ' ' + std::string(vpc);
}

// The free address that follows `next` (an offset, advanced), around the end once.
std::optional<std::uint32_t> NextFree(const aws::Prefix& prefix, std::uint32_t& next,
                                      const std::set<std::string, std::less<>>& used) {
  const std::uint32_t last = aws::LastAddress(prefix) - prefix.base;  // reserved, too
  if (last <= kReservedFirst) return {};
  const std::uint32_t count = last - kReservedFirst;
  for (std::uint32_t tried = 0; tried <= used.size() && tried < count; ++tried) {
    if (next < kReservedFirst || next >= last) next = kReservedFirst;
    const std::uint32_t address = prefix.base + next++;
    if (!used.contains(aws::FormatAddress(address))) return address;
  }
  return {};
}

}  // namespace

std::optional<std::string> AddressBook::Private(std::string_view subnet, std::string_view cidr,
                                                std::string_view owner) {
  const auto prefix = aws::ParsePrefix(cidr);
  if (!prefix) return {};
  if (const auto known = subnets_.find(subnet); known != subnets_.end()) {
    const auto found = known->second.owners.find(owner);
    if (found != known->second.owners.end()) {
      const auto address = aws::ParseAddress(found->second);
      touched_.emplace(owner);
      if (address && aws::Contains(*prefix, *address)) return found->second;
    }
  }
  auto& place = subnets_[std::string(subnet)];
  const auto address = NextFree(*prefix, place.next, place.used);
  if (!address) return {};
  auto text = aws::FormatAddress(*address);
  TakePrivate(subnet, text, owner);
  return text;
}

void AddressBook::TakePrivate(std::string_view subnet, std::string_view address,
                              std::string_view owner) {
  touched_.emplace(owner);
  if (const auto before = subnet_of_.find(owner); before != subnet_of_.end()) {
    auto& place = subnets_[before->second];
    const auto held = place.owners.find(owner);
    if (held != place.owners.end()) {
      if (before->second == subnet && held->second == address) return;
      place.used.erase(held->second);
      place.owners.erase(held);
    }
  }
  auto& place = subnets_[std::string(subnet)];
  place.owners.insert_or_assign(std::string(owner), std::string(address));
  place.used.emplace(address);
  subnet_of_.insert_or_assign(std::string(owner), std::string(subnet));
}

std::string AddressBook::SubnetOf(std::string_view owner) const {
  const auto found = subnet_of_.find(owner);
  return found == subnet_of_.end() ? std::string() : found->second;
}

std::optional<std::string> AddressBook::Public(int region_index, std::string_view owner,
                                               const std::set<std::string>& taken) {
  touched_.insert(PublicMark(owner));
  if (const auto known = public_.find(owner); known != public_.end()) {
    if (!taken.contains(known->second)) return known->second;
    public_.erase(known);
  }
  std::set<std::string_view> used;
  for (const auto& [other, address] : public_) used.insert(address);
  const std::uint32_t own_half = region_index % 2 == 1 ? 0 : 128;
  for (const std::uint32_t half : {own_half, 128 - own_half}) {
    for (std::uint32_t offset = 126; offset > 0; --offset) {
      auto address = aws::FormatAddress(kPublicBase + half + offset);
      if (taken.contains(address) || used.contains(address)) continue;
      public_.insert_or_assign(std::string(owner), address);
      return address;
    }
  }
  return {};
}

std::optional<int> AddressBook::Uplink(std::string_view region, std::string_view vpc) {
  touched_.insert(UplinkMark(region, vpc));
  auto& numbers = uplinks_[std::string(region)];
  if (const auto known = numbers.find(vpc); known != numbers.end()) return known->second;
  std::set<int> used;
  for (const auto& [other, number] : numbers) used.insert(number);
  for (int number = 0; number < kUplinksMost; ++number) {
    if (used.contains(number)) continue;
    numbers.emplace(std::string(vpc), number);
    return number;
  }
  return {};
}

void AddressBook::Issue(std::string_view certificate_arn) {
  issued_.emplace(certificate_arn);
  touched_.emplace(certificate_arn);
}

bool AddressBook::Issued(std::string_view certificate_arn) {
  if (!issued_.contains(certificate_arn)) return false;
  touched_.emplace(certificate_arn);
  return true;
}

void AddressBook::Begin() { touched_.clear(); }

void AddressBook::End() {
  std::erase_if(public_, [&](const auto& e) { return !touched_.contains(PublicMark(e.first)); });
  for (auto& [region, numbers] : uplinks_) {
    std::erase_if(numbers,
                  [&](const auto& e) { return !touched_.contains(UplinkMark(region, e.first)); });
  }
  std::erase_if(uplinks_, [](const auto& entry) { return entry.second.empty(); });
  for (auto& [id, place] : subnets_) {
    std::erase_if(place.owners, [&](const auto& entry) {
      if (touched_.contains(entry.first)) return false;
      place.used.erase(entry.second);
      return true;
    });
  }
  std::erase_if(subnet_of_, [&](const auto& entry) { return !touched_.contains(entry.first); });
  std::erase_if(issued_, [&](const auto& arn) { return !touched_.contains(arn); });
  // A subnet without owners is forgotten with its turn: it may be gone itself.
  std::erase_if(subnets_, [](const auto& entry) { return entry.second.owners.empty(); });
  touched_.clear();
}

json::object AddressBook::ToJson() const {
  json::object subnets;
  for (const auto& [id, place] : subnets_) {
    json::object owners;
    for (const auto& [owner, address] : place.owners) owners[owner] = address;
    subnets[id] = json::object{{"next", place.next}, {"owners", std::move(owners)}};
  }
  json::object addresses;
  for (const auto& [owner, address] : public_) addresses[owner] = address;
  json::object uplinks;
  for (const auto& [region, numbers] : uplinks_) {
    json::object vpcs;
    for (const auto& [vpc, number] : numbers) vpcs[vpc] = number;
    uplinks[region] = std::move(vpcs);
  }
  json::array certificates;
  for (const auto& arn : issued_) certificates.emplace_back(arn);
  return {{"certificates", std::move(certificates)},
          {"subnets", std::move(subnets)},
          {"public", std::move(addresses)},
          {"uplinks", std::move(uplinks)}};
}

bool AddressBook::operator==(const AddressBook& other) const {
  return subnets_ == other.subnets_ && public_ == other.public_ && uplinks_ == other.uplinks_ &&
         issued_ == other.issued_;
}

}  // namespace scv::control
