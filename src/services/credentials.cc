#include "services/credentials.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "services/bytes.h"
#include "services/key_file.h"
#include "services/sealed.h"

namespace scv::services {
namespace {

namespace json = boost::json;

constexpr Millis kLifetime = Millis{6} * 3600 * 1000;
constexpr Millis kRenewBefore = Millis{3600} * 1000;
constexpr std::string_view kContext = "scv session token 1";
constexpr std::string_view kIdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

std::string MakeOwner() {
  const json::object owner{{"AccessKeyId", "AKIA" + RandomText(16, kIdAlphabet)},
                           {"SecretAccessKey", Base64(RandomBytes(30))}};
  return json::serialize(owner) + "\n";
}

std::string Field(const json::value& document, std::string_view name) {
  if (!document.is_object()) return "";
  const auto* field = document.get_object().if_contains(name);
  return field != nullptr && field->is_string() ? std::string(field->get_string()) : "";
}

}  // namespace

Result<std::shared_ptr<const Credentials>> Credentials::Open(
    const std::filesystem::path& directory) {
  std::error_code ignored;
  std::filesystem::create_directories(directory, ignored);
  SCV_ASSIGN(auto key, ReadOrMakeKey(directory / "session.key"));
  const auto path = directory / "operator.json";
  SCV_ASSIGN(const auto text, ReadOrMakeFile(path, MakeOwner));
  boost::system::error_code error;
  const auto document = json::parse(text, error);
  AccessKey owner{.access_key_id = error ? "" : Field(document, "AccessKeyId"),
                  .secret_access_key = error ? "" : Field(document, "SecretAccessKey")};
  if (owner.access_key_id.size() < 16 || owner.secret_access_key.size() < 16) {
    return Fail(ErrorKind::kInternal,
                "the key file " + path.string() + " is damaged; remove it, and a new pair is made");
  }
  return std::shared_ptr<const Credentials>(new Credentials(std::move(key), std::move(owner)));
}

AccessKey Credentials::Derived(std::string token) const {
  AccessKey key;
  key.access_key_id = "ASIA";
  for (const unsigned char byte : Derive(key_, "id\n" + token, 16)) {
    key.access_key_id += kIdAlphabet[byte % kIdAlphabet.size()];
  }
  key.secret_access_key = Base64(Derive(key_, "secret\n" + token, 30));
  key.session_token = std::move(token);
  return key;
}

AccessKey Credentials::Issue(std::string_view role, std::string_view instance_id,
                             Millis now) const {
  const json::object claims{{"r", role}, {"i", instance_id}, {"e", now + kLifetime}};
  auto key = Derived(Base64(Seal(key_, kContext, json::serialize(claims))));
  key.issued_at = now;
  key.expires_at = now + kLifetime;
  return key;
}

bool Credentials::ShouldRenew(const AccessKey& key, Millis now) {
  return key.expires_at - now < kRenewBefore || key.issued_at > now;
}

std::expected<Credentials::Known, Credentials::Unknown> Credentials::Find(
    std::string_view access_key_id, std::string_view session_token) const {
  if (session_token.empty()) {
    if (!SameSecret(access_key_id, owner_.access_key_id)) return std::unexpected(Unknown::kKey);
    return Known{{Caller::Kind::kOwner, "", ""}, owner_.secret_access_key, 0};
  }
  const auto sealed = Unbase64(session_token);
  const auto claims = sealed ? Unseal(key_, kContext, *sealed) : std::nullopt;
  if (!claims) return std::unexpected(Unknown::kToken);
  const auto key = Derived(std::string(session_token));
  if (!SameSecret(access_key_id, key.access_key_id)) return std::unexpected(Unknown::kKey);
  boost::system::error_code error;
  const auto document = json::parse(*claims, error);
  if (error || !document.is_object()) return std::unexpected(Unknown::kToken);
  const auto* expiry = document.get_object().if_contains("e");
  if (expiry == nullptr || !expiry->is_int64()) return std::unexpected(Unknown::kToken);
  return Known{{Caller::Kind::kRole, Field(document, "r"), Field(document, "i")},
               key.secret_access_key,
               expiry->get_int64()};
}

}  // namespace scv::services
