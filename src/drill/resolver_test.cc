#include "drill/resolver.h"

#include <gtest/gtest.h>

#include <string_view>

namespace scv::drill {
namespace {

// A message with one question for "www.test" A and the given answers.
class Message {
 public:
  explicit Message(int code = 0) {
    bytes_ = {0x12, 0x34, 0x81, static_cast<unsigned char>(0x80 | code), 0, 1, 0, 0, 0, 0, 0, 0};
    Add({3, 'w', 'w', 'w', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1});
  }
  Message& Address(std::uint32_t ttl, std::initializer_list<unsigned char> address) {
    return Record(1, ttl, address);
  }
  Message& Record(unsigned char type, std::uint32_t ttl,
                  std::initializer_list<unsigned char> data) {
    ++bytes_[7];
    Add({0xC0, 12, 0, type, 0, 1, static_cast<unsigned char>(ttl >> 24),
         static_cast<unsigned char>(ttl >> 16), static_cast<unsigned char>(ttl >> 8),
         static_cast<unsigned char>(ttl), 0, static_cast<unsigned char>(data.size())});
    Add(data);
    return *this;
  }
  Result<DnsAnswer> Read() const { return ReadAnswer(bytes_.data(), bytes_.size()); }
  std::vector<unsigned char> bytes_;

 private:
  void Add(std::initializer_list<unsigned char> more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
  }
};

TEST(DrillResolver, ReadsAddressesAndTheLeastTtl) {
  const auto answer = Message()
                          .Record(5, 7, {0xC0, 12})
                          .Address(60, {192, 0, 2, 1})
                          .Address(30, {192, 0, 2, 2})
                          .Read();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->addresses, (std::vector<std::string>{"192.0.2.1", "192.0.2.2"}));
  EXPECT_EQ(answer->ttl, 7U);
}

TEST(DrillResolver, SaysWhyThereIsNoAddress) {
  EXPECT_EQ(Message(3).Read().error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(Message(2).Read().error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(Message().Read().error().kind, ErrorKind::kNotFound);
}

TEST(DrillResolver, BrokenMessagesAreErrors) {
  const auto whole = Message().Address(60, {192, 0, 2, 1}).bytes_;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ReadAnswer(whole.data(), size)) << size;
  }
}

struct Names {
  Micros now = 0;
  int asked = 0;
  Result<DnsAnswer> answer = DnsAnswer{{"192.0.2.1"}, 2};
  Resolver resolver{[this](const std::string&) {
                      ++asked;
                      return answer;
                    },
                    [this] { return now; }};
};

TEST(DrillResolver, KeepsAnAnswerForItsTtlAndNotLonger) {
  Names names;
  ASSERT_TRUE(names.resolver.Addresses("www.test"));
  names.answer = DnsAnswer{{"192.0.2.9"}, 2};
  names.now = 1'999'999;
  EXPECT_EQ(names.resolver.Addresses("www.test")->front(), "192.0.2.1");
  EXPECT_EQ(names.asked, 1);
  names.now = 2'000'000;
  EXPECT_EQ(names.resolver.Addresses("www.test")->front(), "192.0.2.9");
  EXPECT_EQ(names.asked, 2);
}

TEST(DrillResolver, ATtlOfZeroIsAskedEveryTime) {
  Names names;
  names.answer = DnsAnswer{{"192.0.2.1"}, 0};
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(names.resolver.Addresses("www.test"));
  EXPECT_EQ(names.asked, 3);
}

TEST(DrillResolver, NeitherFailuresNorWhatIsOutOfDateAreKept) {
  Names names;
  ASSERT_TRUE(names.resolver.Addresses("www.test"));
  names.answer = Fail(ErrorKind::kTimeout, "no answer");
  names.now = 3'000'000;
  EXPECT_FALSE(names.resolver.Addresses("www.test"));
  names.answer = DnsAnswer{{"192.0.2.9"}, 2};
  EXPECT_EQ(names.resolver.Addresses("www.test")->front(), "192.0.2.9");
}

TEST(DrillResolver, AServerThatIsNotThereIsAnError) {
  const auto answer = QueryAddresses("127.0.0.1", "www.test", std::chrono::milliseconds(200));
  if (!answer) {
    EXPECT_NE(answer.error().kind, ErrorKind::kInvalid) << answer.error().message;
  }
  EXPECT_EQ(QueryAddresses("no address", "www.test", std::chrono::milliseconds(50)).error().kind,
            ErrorKind::kInvalid);
}

}  // namespace
}  // namespace scv::drill
