// Reading an address book back: what is not as ToJson() writes it is refused, not guessed.
#include <boost/json/value.hpp>
#include <utility>

#include "aws/ipv4.h"
#include "aws/resource.h"
#include "control/address_book.h"

namespace scv::control {
namespace {

namespace json = boost::json;

std::unexpected<Error> NoBook(const std::string& what) {
  return Fail(ErrorKind::kInvalid, "the address book is damaged: " + what +
                                       "; restore the lab's state, or delete it and begin anew");
}

const json::object* ObjectIn(const json::object& parent, std::string_view name) {
  const auto* value = parent.if_contains(name);
  return value == nullptr ? nullptr : value->if_object();
}

Result<std::string> AddressIn(const json::value& value) {
  const auto* text = value.if_string();
  if (text == nullptr || !aws::ParseAddress(*text)) return NoBook("an address is none");
  return std::string(*text);
}

}  // namespace

Result<AddressBook> AddressBook::FromJson(const json::object& object) {
  const auto* subnets = ObjectIn(object, "subnets");
  const auto* addresses = ObjectIn(object, "public");
  const auto* uplinks = ObjectIn(object, "uplinks");
  if (subnets == nullptr || addresses == nullptr || uplinks == nullptr) {
    return NoBook("a part is missing");
  }
  AddressBook book;
  for (const auto& [id, value] : *subnets) {
    const auto* place = value.if_object();
    const auto* owners = place == nullptr ? nullptr : ObjectIn(*place, "owners");
    if (owners == nullptr) return NoBook("a subnet has no owners");
    book.subnets_[id].next = static_cast<std::uint32_t>(aws::Integer(*place, "next"));
    for (const auto& [owner, address] : *owners) {
      SCV_ASSIGN(const auto text, AddressIn(address));
      book.TakePrivate(id, text, owner);
    }
  }
  for (const auto& [owner, address] : *addresses) {
    SCV_ASSIGN(auto text, AddressIn(address));
    book.public_.insert_or_assign(owner, std::move(text));
  }
  for (const auto& [region, value] : *uplinks) {
    const auto* vpcs = value.if_object();
    if (vpcs == nullptr) return NoBook("a region has no uplinks");
    for (const auto& [vpc, number] : *vpcs) {
      const auto* index = number.if_int64();
      if (index == nullptr || *index < 0 || *index > 63) return NoBook("an uplink is out of range");
      book.uplinks_[region].insert_or_assign(std::string(vpc), static_cast<int>(*index));
    }
  }
  for (auto& arn : aws::Strings(object, "certificates")) book.issued_.insert(std::move(arn));
  book.touched_.clear();
  return book;
}

}  // namespace scv::control
