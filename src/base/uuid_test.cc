#include "base/uuid.h"

#include <gtest/gtest.h>

namespace scv {
namespace {

TEST(Uuid, MakesVersion7OfRfc9562) {
  // The example of RFC 9562, appendix A.6.
  const Uuid id =
      MakeUuidV7(0x017F22E279B0, {0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f});
  EXPECT_EQ(ToString(id), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  EXPECT_EQ(TimeOf(id), 0x017F22E279B0);
}

TEST(Uuid, ParsesWhatItPrints) {
  const Uuid id = MakeUuidV7(1795327200123, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  EXPECT_EQ(ParseUuidV7(ToString(id)), id);
}

TEST(Uuid, RefusesOtherForms) {
  for (const char* text :
       {"", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
        "017f22e2-79b0-4cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-18c4-dc0c0c07398f",
        "017f22e279b07cc398c4dc0c0c07398f0000", "99999999999999999999999999999999999",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g"}) {
    EXPECT_EQ(ParseUuidV7(text), std::nullopt) << text;
  }
}

TEST(Uuid, OrdersByTime) {
  EXPECT_LT(MakeUuidV7(1, {255, 255, 255, 255, 255, 255, 255, 255, 255, 255}), MakeUuidV7(2, {}));
}

}  // namespace
}  // namespace scv
