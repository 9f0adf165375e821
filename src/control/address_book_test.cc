#include "control/address_book.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace scv::control {
namespace {

TEST(AddressBook, LeavesOutWhatAwsReserves) {
  AddressBook book;
  std::set<std::string> addresses;
  for (int i = 0; i < 11; ++i) {
    addresses.insert(book.Private("subnet-1", "10.0.0.16/28", std::to_string(i)).value());
  }
  EXPECT_EQ(addresses.size(), 11U);
  EXPECT_TRUE(addresses.contains("10.0.0.20"));
  EXPECT_TRUE(addresses.contains("10.0.0.30"));
  EXPECT_FALSE(book.Private("subnet-1", "10.0.0.16/28", "one more"));
  EXPECT_FALSE(book.Private("subnet-2", "nonsense", "x"));
  EXPECT_FALSE(book.Private("subnet-3", "10.0.0.0/31", "x"));
}

TEST(AddressBook, AFreedAddressRests) {
  AddressBook book;
  book.Begin();
  const auto stays = book.Private("subnet-1", "10.0.0.0/24", "stays");
  const auto goes = book.Private("subnet-1", "10.0.0.0/24", "goes");
  book.End();
  book.Begin();
  EXPECT_EQ(book.Private("subnet-1", "10.0.0.0/24", "stays"), stays);
  book.End();
  EXPECT_EQ(book.SubnetOf("goes"), "");
  std::set<std::string> later;
  for (int i = 0; i < 250; ++i) {
    const auto address = book.Private("subnet-1", "10.0.0.0/24", "new " + std::to_string(i));
    EXPECT_EQ(address == goes, i == 249) << "last of all";
    later.insert(*address);
  }
  EXPECT_EQ(later.size(), 250U);
}

TEST(AddressBook, MovesWithItsOwner) {
  AddressBook book;
  const auto first = book.Private("subnet-1", "10.0.1.0/24", "memo");
  EXPECT_EQ(book.SubnetOf("memo"), "subnet-1");
  EXPECT_EQ(book.Private("subnet-2", "10.0.2.0/24", "memo"), "10.0.2.4");
  EXPECT_EQ(book.SubnetOf("memo"), "subnet-2");
  book.TakePrivate("subnet-2", "10.0.2.99", "fixed");
  EXPECT_EQ(book.Private("subnet-2", "10.0.2.0/24", "fixed"), "10.0.2.99");
  // The subnet was made again with other addresses.
  EXPECT_EQ(book.Private("subnet-2", "10.9.2.0/24", "fixed").value().substr(0, 7), "10.9.2.");
}

TEST(AddressBook, PublicAddressesComeFromTheRegionsHalf) {
  AddressBook book;
  EXPECT_EQ(book.Public(1, "a", {"203.0.113.126"}), "203.0.113.125");
  EXPECT_EQ(book.Public(2, "b", {}), "203.0.113.254");
  EXPECT_EQ(book.Public(1, "a", {"203.0.113.125"}), "203.0.113.126") << "exchanged";
  std::set<std::string> all;
  for (int i = 0; i < 250; ++i) {
    all.insert(book.Public(1, "owner " + std::to_string(i), {}).value());
  }
  EXPECT_EQ(all.size(), 250U);
  EXPECT_FALSE(book.Public(1, "one more", {}));
}

TEST(AddressBook, UplinksAreNumberedPerRegion) {
  AddressBook book;
  EXPECT_EQ(book.Uplink("r1", "vpc-b"), 0);
  EXPECT_EQ(book.Uplink("r1", "vpc-a"), 1);
  EXPECT_EQ(book.Uplink("r2", "vpc-c"), 0);
  EXPECT_EQ(book.Uplink("r1", "vpc-b"), 0);
  for (int i = 2; i < 64; ++i) EXPECT_TRUE(book.Uplink("r1", "vpc " + std::to_string(i)));
  EXPECT_FALSE(book.Uplink("r1", "one more"));
}

TEST(AddressBook, GoesThroughJson) {
  AddressBook book;
  book.Private("subnet-1", "10.0.1.0/24", "memo");
  book.Public(1, "front", {});
  book.Uplink("r1", "vpc-1");
  book.Issue("arn:aws:acm:r1:1:certificate/1");
  const auto again = AddressBook::FromJson(book.ToJson());
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(*again == book);
  for (const char* damaged :
       {"{}", R"({"subnets":{"s":1},"public":{},"uplinks":{}})",
        R"({"subnets":{"s":{"owners":{"x":"10.0.0"}}},"public":{},"uplinks":{}})",
        R"({"subnets":{},"public":{"x":7},"uplinks":{}})",
        R"({"subnets":{},"public":{},"uplinks":{"r":{"v":64}}})"}) {
    const auto refused = AddressBook::FromJson(boost::json::parse(damaged).as_object());
    ASSERT_FALSE(refused.has_value()) << damaged;
    EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
  }
}

}  // namespace
}  // namespace scv::control
