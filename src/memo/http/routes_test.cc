#include "memo/http/routes.h"

#include <gtest/gtest.h>

#include "memo/http/cursor.h"

namespace scv::memo {
namespace {

using boost::beast::http::verb;

TEST(Routes, MatchesByPathAndMethod) {
  EXPECT_EQ(MatchRoute(verb::post, "/api/v1/memos").route, Route::kCreateMemo);
  EXPECT_EQ(MatchRoute(verb::head, "/api/v1/memos").route, Route::kListMemos);
  EXPECT_EQ(MatchRoute(verb::get, "/api/v1/memos/abc").id, "abc");
  EXPECT_EQ(MatchRoute(verb::post, "/api/v1/memos/abc/restore").route, Route::kRestoreMemo);
  EXPECT_EQ(MatchRoute(verb::get, "/").route, Route::kStatic);
}

TEST(Routes, TellsWhatIsAllowed) {
  const auto match = MatchRoute(verb::delete_, "/api/v1/memos");
  EXPECT_EQ(match.route, Route::kMethodNotAllowed);
  EXPECT_EQ(match.allow, "GET, HEAD, POST");
  EXPECT_EQ(MatchRoute(verb::get, "/api/v1/memos/abc/purge").allow, "POST");
  EXPECT_EQ(MatchRoute(verb::post, "/somewhere").allow, "GET, HEAD");
}

TEST(Routes, UnknownPathsBelowTheApiAreNotThePage) {
  for (const char* path : {"/api/v1/memo", "/api/v1/memos/", "/api/v1/memos/a/b",
                           "/api/v1/memos/a/restore/x", "/api/v2/memos", "/api/"}) {
    EXPECT_EQ(MatchRoute(verb::get, path).route, Route::kNotFound) << path;
  }
}

TEST(Routes, EveryRouteHasAName) {
  for (int i = 0; i < static_cast<int>(Route::kCount); ++i) {
    EXPECT_FALSE(RouteName(static_cast<Route>(i)).empty());
  }
}

TEST(Cursor, RoundTripsAndRefusesTheRest) {
  const Uuid id = MakeUuidV7(1'795'327'200'000, {9, 8, 7});
  const std::string text = EncodeCursor(id);
  EXPECT_EQ(DecodeCursor(text), id);
  for (const std::string& bad : {std::string(), text.substr(1), text + "A", std::string(23, '!'),
                                 std::string(23, 'A'), text + "=", text.substr(0, 22) + "\x83"}) {
    EXPECT_EQ(DecodeCursor(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace scv::memo
