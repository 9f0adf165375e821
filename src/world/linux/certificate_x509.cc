#include "world/linux/certificate_x509.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "world/linux/fd_store.h"

namespace scv::world {
namespace {

constexpr long kSecondsPerDay = 86'400;
constexpr int kSerialBits = 127;  // RFC 5280 4.1.2.2: positive, at most 20 octets

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

std::unexpected<Error> OpenSslError(std::string_view what) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return Fail(ErrorKind::kInternal, std::string(what) + ": " + text.data());
}

bool AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer == nullptr ? certificate : issuer, certificate, nullptr, nullptr,
                 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  if (extension == nullptr) return false;
  const bool added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

bool SetSerial(X509* certificate) {
  BIGNUM* number = BN_new();
  const bool set = number != nullptr &&
                   BN_rand(number, kSerialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
                   BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return set;
}

std::string AlternativeNames(const CertificateRequest& request) {
  std::string names;
  for (const auto& name : request.dns_names) {
    names += (names.empty() ? "DNS:" : ",DNS:") + name;
  }
  for (const auto& address : request.addresses) {
    names += (names.empty() ? "IP:" : ",IP:") + address;
  }
  return names;
}

bool AddExtensions(const CertificateRequest& request, X509* certificate, X509* issuer) {
  const auto add = [&](int nid, const std::string& value) {
    return AddExtension(certificate, issuer, nid, value);
  };
  if (request.authority) {
    // Addresses are excluded by themselves: a constraint on one kind of name says nothing of
    // others.
    if (!request.only_below.empty() &&
        !(add(NID_name_constraints, "critical,permitted;DNS:" + request.only_below +
                                        ",excluded;IP:0.0.0.0/0.0.0.0,excluded;IP:::/::") &&
          add(NID_ext_key_usage, "serverAuth"))) {
      return false;
    }
    return add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
           add(NID_key_usage, "critical,keyCertSign,cRLSign") &&
           add(NID_subject_key_identifier, "hash");
  }
  return add(NID_basic_constraints, "critical,CA:FALSE") &&
         add(NID_key_usage, "critical,digitalSignature") &&
         add(NID_ext_key_usage, request.client ? "clientAuth" : "serverAuth") &&
         add(NID_subject_key_identifier, "hash") &&
         add(NID_authority_key_identifier, "keyid:always") &&
         add(NID_subject_alt_name, AlternativeNames(request));
}

bool SetSubject(X509* certificate, const std::string& common_name) {
  X509_NAME* name = X509_get_subject_name(certificate);
  // RFC 5280's upper bound of a common name is 64 characters; clients read the alternative names.
  const std::string cut = common_name.substr(0, 64);
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(cut.data()),
                                    static_cast<int>(cut.size()), -1, 0) == 1;
}

Result<std::string> Contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

}  // namespace

Result<Key> MakeKey() {
  Key key(EVP_EC_gen("P-256"));
  if (!key) return OpenSslError("making a key");
  return key;
}

Result<Certificate> MakeCertificate(const CertificateRequest& request, EVP_PKEY* key, X509* issuer,
                                    EVP_PKEY* issuer_key) {
  Certificate certificate(X509_new());
  X509* raw = certificate.get();
  const bool built =
      raw != nullptr && X509_set_version(raw, 2) == 1 && SetSerial(raw) &&
      // An hour back: clocks of clients differ.
      X509_gmtime_adj(X509_getm_notBefore(raw), -3600) != nullptr &&
      X509_gmtime_adj(X509_getm_notAfter(raw), kSecondsPerDay * request.days) != nullptr &&
      SetSubject(raw, request.common_name) && X509_set_pubkey(raw, key) == 1 &&
      X509_set_issuer_name(raw, X509_get_subject_name(issuer == nullptr ? raw : issuer)) == 1 &&
      AddExtensions(request, raw, issuer) &&
      X509_sign(raw, issuer_key == nullptr ? key : issuer_key, EVP_sha256()) != 0;
  if (!built) return OpenSslError("making the certificate of " + request.common_name);
  return certificate;
}

Result<std::string> ToPem(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_X509(bio.get(), certificate) != 1) return OpenSslError("writing PEM");
  return Contents(bio.get());
}

Result<std::string> ToPem(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio ||
      PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return OpenSslError("writing PEM");
  }
  return Contents(bio.get());
}

Result<Certificate> ParseCertificate(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!certificate) return OpenSslError("reading a certificate");
  return certificate;
}

Result<Key> ParseKey(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  if (!key) return OpenSslError("reading a private key");
  return key;
}

bool IsSignedBy(X509* certificate, X509* issuer, EVP_PKEY* issuer_key) {
  const bool is = X509_check_issued(issuer, certificate) == X509_V_OK &&
                  X509_verify(certificate, issuer_key) == 1;
  ERR_clear_error();
  return is;
}

bool GoodFor(X509* certificate, int days) {
  time_t then = time(nullptr) + kSecondsPerDay * days;
  return X509_cmp_time(X509_get0_notAfter(certificate), &then) > 0;
}

std::vector<std::string> NamesOf(X509* certificate) {
  std::vector<std::string> found;
  auto* names = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DNS) {
      found.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                         static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    } else if (name->type == GEN_IPADD && ASN1_STRING_length(name->d.iPAddress) == 4) {
      const unsigned char* bytes = ASN1_STRING_get0_data(name->d.iPAddress);
      std::string address;
      for (int byte = 0; byte < 4; ++byte) {
        address += (byte == 0 ? "" : ".") + std::to_string(bytes[byte]);
      }
      found.push_back(address);
    }
  }
  GENERAL_NAMES_free(names);
  std::sort(found.begin(), found.end());
  return found;
}

Result<void> WriteFile(const std::filesystem::path& file, std::string_view text, bool secret) {
  const std::string next = file.string() + ".next";
  unlink(next.c_str());
  const UniqueFd out(
      open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, secret ? 0600 : 0644));
  std::size_t written = 0;
  while (out && written < text.size()) {
    const ssize_t count = write(out.get(), text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    written += static_cast<std::size_t>(count);
  }
  if (!out || written < text.size() || rename(next.c_str(), file.c_str()) != 0) {
    return Fail(ErrorKind::kUnavailable, "writing " + file.string() + ": " + std::strerror(errno));
  }
  return {};
}

Result<std::string> ReadFile(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Fail(ErrorKind::kNotFound, "there is no " + file.string());
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace scv::world
