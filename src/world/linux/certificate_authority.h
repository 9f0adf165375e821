// The lab's certificate authority: two roots, and leaves for load balancers, AWS's endpoints and
// databases. ECDSA on P-256 throughout (RFC 5480). Thread-safe.
//
// The root that people may install (`scv trust`) is constrained to names below "localhost": whoever
// gets hold of its key still cannot pose as any site of the internet (RFC 5280 4.2.1.10). It signs
// the leaves whose names all lie there. Every other leaf, such as those of AWS's own endpoints, is
// signed by the root that plays Amazon's, which only parts of the lab trust, next to the first.
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

  // Takes up the roots in `directory`, or makes them (valid for ten years; their keys are 0600).
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

  // The root for people: PEM.
  const std::string& root_pem() const;
  // Both roots, for what is inside the lab: PEM, and the file that has it.
  const std::string& inside_pem() const { return inside_pem_; }
  const std::filesystem::path& root_file() const { return root_file_; }

 private:
  struct Root;
  CertificateAuthority(std::filesystem::path directory, std::unique_ptr<Root> people,
                       std::unique_ptr<Root> amazon);
  static Result<std::unique_ptr<Root>> OpenRoot(const std::filesystem::path& directory,
                                                const std::string& stem, const std::string& title,
                                                const std::string& only_below);

  std::filesystem::path directory_;
  std::filesystem::path root_file_;
  std::unique_ptr<Root> people_;
  std::unique_ptr<Root> amazon_;
  std::string inside_pem_;
  std::mutex mutex_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_CERTIFICATE_AUTHORITY_H_
