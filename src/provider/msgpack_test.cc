#include "provider/msgpack.h"

#include <gtest/gtest.h>

#include <random>

namespace scv::provider {
namespace {

Value RoundTrip(const Value& value) {
  const auto decoded = DecodeMsgpack(EncodeMsgpack(value));
  EXPECT_TRUE(decoded.has_value());
  return decoded.has_value() ? *decoded : Value();
}

TEST(Msgpack, EveryKindComesBack) {
  Value::List list{Value(), Value(Value::Unknown{}), Value(true), Value(false)};
  for (const std::int64_t number : {INT64_MIN, INT64_C(-129), INT64_C(-1), INT64_C(0), INT64_C(127),
                                    INT64_C(128), INT64_C(65536), INT64_MAX}) {
    list.emplace_back(number);
  }
  for (const double number : {0.5, -1e300, 70.5}) list.emplace_back(number);
  for (const std::size_t length : {0, 31, 32, 255, 256, 70000}) {
    list.emplace_back(std::string(length, 'x'));
  }
  const Value value(Value::Object{{"list", Value(list)}, {"empty", Value(Value::Object{})}});
  EXPECT_EQ(RoundTrip(value), value);
}

TEST(Msgpack, AnUnknownIsExtensionZero) {
  EXPECT_EQ(EncodeMsgpack(Value(Value::Unknown{})), std::string("\xd4\0\0", 3));
  // A refined unknown: extension 12 with a body.
  const auto refined = DecodeMsgpack(std::string("\xc7\x03\x0c\x81\x01\xc2", 6));
  ASSERT_TRUE(refined.has_value());
  EXPECT_TRUE(refined->is_unknown());
}

TEST(Msgpack, LargeNumbersKeepTheirDigits) {
  const auto big = DecodeMsgpack(std::string("\xcf\xff\xff\xff\xff\xff\xff\xff\xff", 9));
  ASSERT_TRUE(big.has_value());
  ASSERT_NE(big->As<Value::Big>(), nullptr);
  EXPECT_EQ(big->As<Value::Big>()->digits, "18446744073709551615");
}

TEST(Msgpack, RefusesWhatIsNotOneWholeValue) {
  for (const auto& bytes :
       {std::string(), std::string("\xa5"), std::string("\xdf\xff\xff\xff\xff"),
        std::string("\xdd\x7f\xff\xff\xff\xc0"), std::string("\xc1"), std::string("\xc0\xc0"),
        std::string("\x81\x01\x02"), std::string("\xc6\xff\xff\xff\xff"), std::string("\xc9")}) {
    EXPECT_FALSE(DecodeMsgpack(bytes).has_value());
  }
  EXPECT_FALSE(DecodeMsgpack(std::string(100'000, '\x91')).has_value()) << "too deep";
}

TEST(Msgpack, SurvivesAnyBytes) {
  std::mt19937 random(7);
  const auto good = EncodeMsgpack(Value(Value::Object{
      {"a", Value(Value::List{Value(1), Value("two"), Value(3.5)})}, {"b", Value(true)}}));
  for (int i = 0; i < 50'000; ++i) {
    std::string bytes = good;
    if (i % 2 == 0) {
      bytes.resize(random() % 64);
      for (auto& c : bytes) c = static_cast<char>(random());
    } else {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const auto decoded = DecodeMsgpack(bytes);
    if (decoded.has_value()) {
      // A large number becomes text, so the bytes are compared.
      EXPECT_EQ(EncodeMsgpack(RoundTrip(*decoded)), EncodeMsgpack(*decoded));
    }
  }
}

}  // namespace
}  // namespace scv::provider
