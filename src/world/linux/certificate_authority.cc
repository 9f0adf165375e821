#include "world/linux/certificate_authority.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "world/linux/certificate_x509.h"

namespace scv::world {
namespace {

namespace fs = std::filesystem;

constexpr int kRootDays = 3650;
constexpr int kLeafDays = 397;
constexpr int kRenewBeforeDays = 30;

// A file name that no two names share and that stays in its directory.
std::string FileNameFor(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string safe;
  for (const char c : name) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
        c == '.') {
      safe += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      safe += '_';
      safe += kDigits[byte >> 4];
      safe += kDigits[byte & 15];
    }
  }
  return safe;
}

// What goes into the list of alternative names is one name each: no separator of OpenSSL's syntax.
bool IsPlain(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '*' || c == '_';
  });
}

IssuedCertificate FilesFor(const fs::path& directory, std::string_view name) {
  const std::string stem = "leaf-" + FileNameFor(name);
  return {.chain = directory / (stem + ".crt"),
          .key = directory / (stem + ".key"),
          .bundle = directory / (stem + ".pem")};
}

constexpr std::string_view kPeoplesDomain = "localhost";

bool IsForPeople(const std::vector<std::string>& dns_names,
                 const std::vector<std::string>& addresses) {
  const std::string below = "." + std::string(kPeoplesDomain);
  return addresses.empty() && std::ranges::all_of(dns_names, [&](const std::string& name) {
           return name == kPeoplesDomain || name.ends_with(below);
         });
}

bool StillGood(const IssuedCertificate& files, std::vector<std::string> names, X509* issuer,
               EVP_PKEY* issuer_key) {
  std::error_code ignored;
  if (!fs::exists(files.bundle, ignored) || !fs::exists(files.key, ignored)) return false;
  const auto pem = ReadFile(files.chain);
  if (!pem) return false;
  const auto certificate = ParseCertificate(*pem);
  std::sort(names.begin(), names.end());
  return certificate && GoodFor(certificate->get(), kRenewBeforeDays) &&
         IsSignedBy(certificate->get(), issuer, issuer_key) && NamesOf(certificate->get()) == names;
}

}  // namespace

struct CertificateAuthority::Root {
  Certificate certificate;
  Key key;
  std::string pem;
};

CertificateAuthority::CertificateAuthority(fs::path directory, std::unique_ptr<Root> people,
                                           std::unique_ptr<Root> amazon)
    : directory_(std::move(directory)),
      root_file_(directory_ / "inside.crt"),
      people_(std::move(people)),
      amazon_(std::move(amazon)),
      inside_pem_(amazon_->pem + people_->pem) {}

CertificateAuthority::~CertificateAuthority() = default;

const std::string& CertificateAuthority::root_pem() const { return people_->pem; }

auto CertificateAuthority::OpenRoot(const fs::path& directory, const std::string& stem,
                                    const std::string& title, const std::string& only_below)
    -> Result<std::unique_ptr<Root>> {
  const auto certificate_file = directory / (stem + ".crt");
  const auto key_file = directory / (stem + ".key");
  auto root = std::make_unique<Root>();
  if (!fs::exists(certificate_file) || !fs::exists(key_file)) {
    SCV_ASSIGN(root->key, MakeKey());
    SCV_ASSIGN(root->certificate, MakeCertificate({.common_name = title,
                                                   .dns_names = {},
                                                   .addresses = {},
                                                   .days = kRootDays,
                                                   .authority = true,
                                                   .client = false,
                                                   .only_below = only_below},
                                                  root->key.get(), nullptr, nullptr));
    SCV_ASSIGN(const auto key_pem, ToPem(root->key.get()));
    SCV_ASSIGN(const auto pem, ToPem(root->certificate.get()));
    SCV_TRY(WriteFile(key_file, key_pem, true));
    SCV_TRY(WriteFile(certificate_file, pem, false));
  }
  SCV_ASSIGN(const auto key_pem, ReadFile(key_file));
  SCV_ASSIGN(root->pem, ReadFile(certificate_file));
  SCV_ASSIGN(root->key, ParseKey(key_pem));
  SCV_ASSIGN(root->certificate, ParseCertificate(root->pem));
  return root;
}

Result<std::unique_ptr<CertificateAuthority>> CertificateAuthority::Open(fs::path directory) {
  std::error_code failed;
  fs::create_directories(directory, failed);
  fs::permissions(directory, fs::perms::owner_all, failed);
  if (failed) {
    return Fail(ErrorKind::kUnavailable, "making " + directory.string() + ": " + failed.message());
  }
  SCV_ASSIGN(auto people, OpenRoot(directory, "root", "Working SCV lab, localhost only",
                                   std::string(kPeoplesDomain)));
  SCV_ASSIGN(auto amazon, OpenRoot(directory, "amazon", "Working SCV lab, inside only", ""));
  std::unique_ptr<CertificateAuthority> authority(
      new CertificateAuthority(std::move(directory), std::move(people), std::move(amazon)));
  SCV_TRY(WriteFile(authority->root_file_, authority->inside_pem_, false));
  return authority;
}

Result<IssuedCertificate> CertificateAuthority::Issue(std::string_view name,
                                                      const std::vector<std::string>& dns_names,
                                                      const std::vector<std::string>& addresses,
                                                      Use use) {
  const std::lock_guard lock(mutex_);
  const auto files = FilesFor(directory_, name);
  std::vector<std::string> all = dns_names;
  all.insert(all.end(), addresses.begin(), addresses.end());
  if (all.empty()) return Fail(ErrorKind::kInvalid, "a certificate needs a name");
  if (!std::all_of(all.begin(), all.end(), IsPlain)) {
    return Fail(ErrorKind::kInvalid, "a certificate's name has a character that no name has");
  }
  const bool people = use == Use::kServer && IsForPeople(dns_names, addresses);
  const Root& root = people ? *people_ : *amazon_;
  if (StillGood(files, all, root.certificate.get(), root.key.get())) return files;
  SCV_ASSIGN(const Key key, MakeKey());
  SCV_ASSIGN(const Certificate leaf,
             MakeCertificate({.common_name = all.front(),
                              .dns_names = dns_names,
                              .addresses = addresses,
                              .days = kLeafDays,
                              .authority = false,
                              .client = use == Use::kClient,
                              .only_below = {}},
                             key.get(), root.certificate.get(), root.key.get()));
  SCV_ASSIGN(const auto chain, ToPem(leaf.get()));
  SCV_ASSIGN(const auto key_pem, ToPem(key.get()));
  SCV_TRY(WriteFile(files.key, key_pem, true));
  SCV_TRY(WriteFile(files.bundle, chain + key_pem, true));
  SCV_TRY(WriteFile(files.chain, chain, false));
  return files;
}

Result<IssuedCertificate> CertificateAuthority::Find(std::string_view name) const {
  auto files = FilesFor(directory_, name);
  std::error_code failed;
  if (fs::exists(files.chain, failed) && fs::exists(files.bundle, failed)) return files;
  return Fail(ErrorKind::kNotFound, "no certificate was issued for " + std::string(name));
}

Result<void> CertificateAuthority::Forget(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto files = FilesFor(directory_, name);
  std::error_code failed;
  for (const auto& file : {files.chain, files.key, files.bundle}) fs::remove(file, failed);
  return {};
}

}  // namespace scv::world
