// Documents that AWS hands us, read by the parsers of src/memo/aws. Whatever is accepted must be
// usable as it is, and no error message may quote the document.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "memo/aws/database_secret.h"
#include "memo/aws/instance_metadata.h"
#include "memo/aws/secrets_manager.h"

namespace {

// Only the parser's own words: a fixed part, and a name or number that we chose.
constexpr std::size_t kMessageBytesMax = 200;

void Require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

void CheckDatabaseSecret(std::string_view document) {
  const auto secret = scv::memo::ParseDatabaseSecret(document);
  if (!secret) {
    Require(secret.error().kind == scv::ErrorKind::kInvalid);
    Require(secret.error().message.size() <= kMessageBytesMax);
    return;
  }
  Require(!secret->username.empty() && secret->username.find('\0') == std::string::npos);
  Require(!secret->password.empty() && secret->password.Reveal().size() <= 1024);
  Require(secret->host.find_first_of(" /\\@,\n") == std::string::npos);
  Require(secret->database.find('\0') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view document(reinterpret_cast<const char*>(data), size);
  CheckDatabaseSecret(document);
  const auto role = scv::memo::ParseRoleCredentials(document);
  Require(role || role.error().message.size() <= kMessageBytesMax);
  const auto value = scv::memo::ParseSecretValue(document);
  if (value) {
    CheckDatabaseSecret(value->document.Reveal());
  }
  const auto failure = scv::memo::ClassifyAwsFailure(400, document);
  Require(failure.error.message.size() <= 2 * kMessageBytesMax + 256);
  return 0;
}
