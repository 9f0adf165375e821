#include "memo/service/id_source.h"

#include <gtest/gtest.h>

namespace scv::memo {
namespace {

TEST(IdSource, SortsInTheOrderOfMaking) {
  IdSource source;
  Uuid last;
  for (int i = 0; i < 20'000; ++i) {
    const Uuid id = source.NextAfterAll(1'000'000 + i / 10'000);
    ASSERT_LT(last, id) << i;
    last = id;
  }
}

TEST(IdSource, AClockSetBackDoesNotReorder) {
  IdSource source;
  const Uuid first = source.NextAfterAll(2000);
  EXPECT_LT(first, source.NextAfterAll(1000));
}

TEST(IdSource, OriginalTimesAreKept) {
  IdSource source;
  const Uuid late = source.NextAt(2000);
  const Uuid early = source.NextAt(1000);
  const Uuid same = source.NextAt(1000);
  EXPECT_EQ(TimeOf(early), 1000);
  EXPECT_LT(early, late);
  EXPECT_LT(early, same);
}

TEST(IdSource, PrintsAsVersion7) {
  IdSource source;
  EXPECT_TRUE(ParseUuidV7(ToString(source.NextAt(1'795'327'200'000))).has_value());
}

}  // namespace
}  // namespace scv::memo
