// Who has which address of the lab. AWS hands an interface any free address of its subnet and it
// keeps it for life; the book does the same and remembers it, so that a plan computed again (after
// a restart too) has the same addresses. For the same reason it remembers which certificates were
// issued: ACM does not take a certificate back when its proof leaves the DNS. Plain values, no
// clock and no randomness: the same calls in the same order give the same addresses.
#ifndef SCV_CONTROL_ADDRESS_BOOK_H_
#define SCV_CONTROL_ADDRESS_BOOK_H_

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"

namespace scv::control {

// Not thread-safe; the daemon keeps one and writes ToJson() down (with the records of the
// instances) before it acts on a plan.
class AddressBook {
 public:
  // The private address of `owner` (an instance's, interface's or database's id) in a subnet,
  // allotted at the first call: the next free one in turn, so that a freed address rests as long
  // as possible. AWS's five reserved addresses (the first four and the last) are never given out.
  // nullopt: the subnet is full, or `cidr` is none.
  // https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
  std::optional<std::string> Private(std::string_view subnet, std::string_view cidr,
                                     std::string_view owner);
  // Notes an address that was decided elsewhere (an instance's record, a fixed private_ip).
  void TakePrivate(std::string_view subnet, std::string_view address, std::string_view owner);
  // The subnet in which `owner` has an address; "": none.
  std::string SubnetOf(std::string_view owner) const;

  // A public address for `owner` from the upper end of the half of 203.0.113.0/24 that belongs to
  // the region with `region_index` (odd: .1 to .126, even: .129 to .254), other halves when it is
  // exhausted; never one of `taken` (elastic IPs). One that turns out to be taken is exchanged.
  std::optional<std::string> Public(int region_index, std::string_view owner,
                                    const std::set<std::string>& taken);

  // The number of a VPC's /30 within its region's uplink network, 0 to 63. nullopt: all are used.
  std::optional<int> Uplink(std::string_view region, std::string_view vpc);

  // Notes that a certificate was issued, or asks whether it was.
  void Issue(std::string_view certificate_arn);
  bool Issued(std::string_view certificate_arn);

  // Between Begin and End every call above marks its entry; End forgets the others.
  void Begin();
  void End();

  boost::json::object ToJson() const;
  // kInvalid: not a book. Unknown members are ignored.
  static Result<AddressBook> FromJson(const boost::json::object& json);
  bool operator==(const AddressBook& other) const;

 private:
  struct Subnet {
    std::uint32_t next = 0;  // the offset at which the search goes on
    std::map<std::string, std::string, std::less<>> owners;  // owner → address
    std::set<std::string, std::less<>> used;
    bool operator==(const Subnet&) const = default;
  };
  std::map<std::string, Subnet, std::less<>> subnets_;
  std::map<std::string, std::string, std::less<>> subnet_of_;  // owner → subnet
  std::map<std::string, std::string, std::less<>> public_;     // owner → address
  std::map<std::string, std::map<std::string, int, std::less<>>, std::less<>> uplinks_;
  std::set<std::string, std::less<>> issued_;
  std::set<std::string, std::less<>> touched_;  // since Begin
};

}  // namespace scv::control

#endif  // SCV_CONTROL_ADDRESS_BOOK_H_
