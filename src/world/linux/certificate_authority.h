// The lab's certificate authority: the root that plays Amazon's, and leaves for load balancers,
// AWS's endpoints and databases. ECDSA on P-256 throughout (RFC 5480). Thread-safe.
#ifndef SCV_WORLD_LINUX_CERTIFICATE_AUTHORITY_H_
#define SCV_WORLD_LINUX_CERTIFICATE_AUTHORITY_H_

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace scv::world {

struct IssuedCertificate {
  std::filesystem::path chain;   // PEM: the leaf (the root is what clients trust)
  std::filesystem::path key;     // PEM, mode 0600
  std::filesystem::path bundle;  // PEM: leaf and key in one file, mode 0600, as HAProxy wants it
};

class CertificateAuthority {
 public:
  enum class Use { kServer, kClient };  // of a leaf: what its owner may prove with it

  // Takes up the root in `directory`, or makes one (valid for ten years; its key is 0600).
  // kInternal: what is there is no usable root.
  static Result<std::unique_ptr<CertificateAuthority>> Open(std::filesystem::path directory);
  ~CertificateAuthority();

  // A leaf for these DNS names (wildcards allowed) and IPv4 addresses, kept under `name` and given
  // back at the next call with the same names while it is good for another 30 days; issued anew
  // otherwise. Valid for 397 days (the longest that browsers take).
  Result<IssuedCertificate> Issue(std::string_view name, const std::vector<std::string>& dns_names,
                                  const std::vector<std::string>& addresses = {},
                                  Use use = Use::kServer);
  // What Issue gave out under `name` before. kNotFound: nothing.
  Result<IssuedCertificate> Find(std::string_view name) const;
  Result<void> Forget(std::string_view name);

  const std::string& root_pem() const { return root_pem_; }
  const std::filesystem::path& root_file() const { return root_file_; }

 private:
  struct Root;
  CertificateAuthority(std::filesystem::path directory, std::unique_ptr<Root> root,
                       std::string pem);

  std::filesystem::path directory_;
  std::filesystem::path root_file_;
  std::unique_ptr<Root> root_;
  std::string root_pem_;
  std::mutex mutex_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_CERTIFICATE_AUTHORITY_H_
