#include "memo/service/session_token.h"

#include <gtest/gtest.h>

namespace scv::memo {
namespace {

constexpr Millis kNow = 1'795'327'200'000;

SigningKey Key(std::uint32_t kid, std::uint8_t fill, Millis retired_at = 0) {
  SigningKey key;
  key.kid = kid;
  key.secret.fill(fill);
  key.retired_at = retired_at;
  return key;
}

Session SomeSession() { return NewSession(Account{42, "hong", "", 3, kNow}, kNow); }

TEST(SessionToken, VerifiesWhatItSigned) {
  const Keyring keys({Key(1, 7)});
  const Session session = SomeSession();
  const auto verified = keys.Verify(keys.Sign(session), kNow + 1);
  ASSERT_TRUE(verified.has_value());
  EXPECT_EQ(verified->caller, session.caller);
  EXPECT_EQ(verified->expires_at, kNow + kSessionLifetime);
  EXPECT_EQ(verified->nonce, session.nonce);
}

TEST(SessionToken, NoByteCanBeChanged) {
  const Keyring keys({Key(1, 7)});
  const std::string token = keys.Sign(SomeSession());
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(keys.Verify(changed, kNow).has_value()) << i;
  }
  EXPECT_FALSE(keys.Verify(token + "A", kNow).has_value());
  EXPECT_FALSE(keys.Verify(token.substr(1), kNow).has_value());
  EXPECT_FALSE(keys.Verify("", kNow).has_value());
}

TEST(SessionToken, AnotherServicesKeyIsRefused) {
  const std::string token = Keyring({Key(1, 7)}).Sign(SomeSession());
  EXPECT_EQ(Keyring({Key(1, 8)}).Verify(token, kNow).error(), TokenProblem::kForged);
  EXPECT_EQ(Keyring({Key(2, 7)}).Verify(token, kNow).error(), TokenProblem::kUnknownKey);
}

TEST(SessionToken, ExpiresAtItsTime) {
  const Keyring keys({Key(1, 7)});
  const std::string token = keys.Sign(SomeSession());
  EXPECT_TRUE(keys.Verify(token, kNow + kSessionLifetime - 1).has_value());
  EXPECT_EQ(keys.Verify(token, kNow + kSessionLifetime).error(), TokenProblem::kExpired);
}

TEST(SessionToken, RotationKeepsOldTokensUntilTheKeyRetires) {
  const std::string old_token = Keyring({Key(1, 7)}).Sign(SomeSession());
  const Keyring rotated({Key(2, 9), Key(1, 7, kNow + 1000)});
  EXPECT_TRUE(rotated.Verify(old_token, kNow).has_value());
  EXPECT_EQ(rotated.Verify(old_token, kNow + 1000).error(), TokenProblem::kExpired);
  EXPECT_TRUE(rotated.Verify(rotated.Sign(SomeSession()), kNow + 1000).has_value());
}

TEST(SessionToken, CsrfBelongsToOneSession) {
  const Keyring keys({Key(1, 7)});
  const Session mine = SomeSession();
  EXPECT_TRUE(keys.CsrfMatches(mine, keys.CsrfToken(mine)));
  EXPECT_FALSE(keys.CsrfMatches(SomeSession(), keys.CsrfToken(mine)));
  EXPECT_FALSE(keys.CsrfMatches(mine, ""));
  const Keyring rotated({Key(2, 9), Key(1, 7, kNow + 1000)});
  EXPECT_TRUE(rotated.CsrfMatches(mine, keys.CsrfToken(mine)));
}

TEST(SessionToken, NoKeyNoToken) { EXPECT_EQ(Keyring().Sign(SomeSession()), ""); }

}  // namespace
}  // namespace scv::memo
