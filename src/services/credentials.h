// Who may call: the lab's owner with one key pair for ever, and instances with the temporary keys
// of their role. The latter are kept nowhere: the session token is sealed with the lab's key and
// carries what they are good for, the secret key follows from it. So they outlive a restart.
#ifndef SCV_SERVICES_CREDENTIALS_H_
#define SCV_SERVICES_CREDENTIALS_H_

#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace scv::services {

struct Caller {
  enum class Kind { kAnonymous, kOwner, kRole };
  Kind kind = Kind::kAnonymous;
  std::string role;         // kRole: its name
  std::string instance_id;  // kRole: the session's name
};

struct AccessKey {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token = {};  // "": a long-term key
  Millis issued_at = 0;
  Millis expires_at = 0;  // 0: never
};

// Thread-safe; cheap to share.
class Credentials {
 public:
  // The owner's pair is in operator.json ({"AccessKeyId", "SecretAccessKey"}), the lab's key in
  // session.key; both are made when missing.
  static Result<std::shared_ptr<const Credentials>> Open(const std::filesystem::path& directory);

  // Good for six hours, as EC2's.
  AccessKey Issue(std::string_view role, std::string_view instance_id, Millis now) const;
  // Whether it is time for new ones: well before they expire, as EC2 does.
  static bool ShouldRenew(const AccessKey& key, Millis now);

  const AccessKey& owner() const { return owner_; }

  struct Known {
    Caller caller;
    std::string secret_access_key;
    Millis expires_at = 0;  // 0: never
  };
  enum class Unknown { kKey, kToken };
  // Expired ones are found, too: whoever asks has to look.
  std::expected<Known, Unknown> Find(std::string_view access_key_id,
                                     std::string_view session_token) const;

 private:
  Credentials(std::string key, AccessKey owner) : key_(std::move(key)), owner_(std::move(owner)) {}
  AccessKey Derived(std::string token) const;

  const std::string key_;
  const AccessKey owner_;
};

}  // namespace scv::services

#endif  // SCV_SERVICES_CREDENTIALS_H_
