#include "daemon/endpoint_tls.h"

#include <spdlog/spdlog.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace scv::daemon {
namespace {

using Context = boost::asio::ssl::context;

constexpr std::string_view kSuffix = ".amazonaws.com";
constexpr std::size_t kFamiliesMax = 64;  // names come from clients

bool IsLabel(std::string_view text) {
  if (text.empty() || text.size() > 63) return false;
  for (const char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  }
  return true;
}

// The region in "secretsmanager.ap-northeast-2.amazonaws.com"; "" for the global names; nullopt:
// not a name of ours.
std::optional<std::string> RegionIn(std::string_view name) {
  if (!name.ends_with(kSuffix)) return std::nullopt;
  const auto rest = name.substr(0, name.size() - kSuffix.size());
  if (rest == "s3" || rest == "truststore.pki.rds" || rest.ends_with(".s3")) return "";
  const auto dot = rest.rfind('.');
  const auto region = dot == std::string_view::npos ? rest : rest.substr(dot + 1);
  if (!IsLabel(region)) return std::nullopt;
  return std::string(region);
}

std::vector<std::string> NamesFor(const std::string& region) {
  if (region.empty()) {
    return {"s3.amazonaws.com", "*.s3.amazonaws.com", "truststore.pki.rds.amazonaws.com"};
  }
  return {"*." + region + ".amazonaws.com", "*.s3." + region + ".amazonaws.com"};
}

std::shared_ptr<Context> MakeContext(world::CertificateAuthority& authority,
                                     const std::string& region) {
  const auto issued =
      authority.Issue("endpoint/" + (region.empty() ? "global" : region), NamesFor(region));
  if (!issued) {
    spdlog::error("a certificate for AWS's endpoints: {}", issued.error().message);
    return nullptr;
  }
  try {
    auto context = std::make_shared<Context>(Context::tls_server);
    context->set_options(Context::default_workarounds | Context::no_tlsv1 | Context::no_tlsv1_1);
    context->use_certificate_chain_file(issued->chain.string());
    context->use_private_key_file(issued->key.string(), Context::pem);
    return context;
  } catch (const std::exception& error) {
    spdlog::error("a certificate for AWS's endpoints: {}", error.what());
    return nullptr;
  }
}

}  // namespace

services::TlsContexts EndpointTls(world::CertificateAuthority& authority) {
  struct Kept {
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<Context>> contexts;
  };
  return [&authority,
          kept = std::make_shared<Kept>()](std::string_view name) -> std::shared_ptr<Context> {
    const auto region = RegionIn(name);
    if (!region) return nullptr;
    const std::lock_guard lock(kept->mutex);
    const auto found = kept->contexts.find(*region);
    if (found != kept->contexts.end()) return found->second;
    if (kept->contexts.size() >= kFamiliesMax) return nullptr;
    auto context = MakeContext(authority, *region);
    if (context) kept->contexts[*region] = context;
    return context;
  };
}

}  // namespace scv::daemon
