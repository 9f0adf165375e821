// OpenSSL's X.509 with owners: keys, certificates, and how the lab's are built (RFC 5280).
#ifndef SCV_WORLD_LINUX_CERTIFICATE_X509_H_
#define SCV_WORLD_LINUX_CERTIFICATE_X509_H_

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scv::world {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Certificate = std::unique_ptr<X509, FreeCertificate>;

Result<Key> MakeKey();

struct CertificateRequest {
  std::string common_name;
  std::vector<std::string> dns_names;
  std::vector<std::string> addresses;
  int days = 397;
  bool authority = false;
  bool client = false;  // proves a client, not a server
  // An authority's: valid for servers at this name and below it and for nothing else (critical name
  // constraints, RFC 5280 4.2.1.10); "": for every name.
  std::string only_below;
};
// Signed by `issuer`'s key, or by its own where there is no issuer.
Result<Certificate> MakeCertificate(const CertificateRequest& request, EVP_PKEY* key, X509* issuer,
                                    EVP_PKEY* issuer_key);

Result<std::string> ToPem(X509* certificate);
Result<std::string> ToPem(EVP_PKEY* key);
Result<Certificate> ParseCertificate(std::string_view pem);
Result<Key> ParseKey(std::string_view pem);

// Whether `issuer` names the certificate's issuer and its key signed it.
bool IsSignedBy(X509* certificate, X509* issuer, EVP_PKEY* issuer_key);
// Whether it is still good `days` from now.
bool GoodFor(X509* certificate, int days);
// The subject alternative names: DNS names and IPv4 addresses, sorted.
std::vector<std::string> NamesOf(X509* certificate);

// Replaced at once; mode 0600 where `secret`, 0644 otherwise.
Result<void> WriteFile(const std::filesystem::path& file, std::string_view text, bool secret);
Result<std::string> ReadFile(const std::filesystem::path& file);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_CERTIFICATE_X509_H_
