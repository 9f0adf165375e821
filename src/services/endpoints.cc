#include "services/endpoints.h"

#include <algorithm>
#include <cctype>

#include "base/time.h"
#include "services/access.h"
#include "services/bytes.h"
#include "services/s3_endpoint.h"
#include "services/secrets_endpoint.h"

namespace scv::services {
namespace {

constexpr std::string_view kDomain = ".amazonaws.com";
constexpr std::size_t kFormBytesMax = 16 << 10;
constexpr int kThreads = 2;

// Which service is meant, where, and for S3 which bucket.
struct Place {
  std::string service, region, bucket;
};

std::string HostOf(const HttpHead& head) {
  std::string host(head.Header("host"));
  host.resize(std::min(host.size(), host.find(':')));
  std::ranges::transform(host, host.begin(), [](unsigned char c) { return std::tolower(c); });
  return host;
}

// "bucket.s3.ap-northeast-2", "s3.dualstack.ap-northeast-2", "s3": what is left of the domain.
std::optional<Place> S3Place(std::string_view name) {
  std::size_t at = name.starts_with("s3.") || name == "s3" ? 0 : name.rfind(".s3.");
  if (at == std::string_view::npos && name.ends_with(".s3")) at = name.size() - 3;
  if (at == std::string_view::npos) return std::nullopt;
  Place place{"s3", "", std::string(name.substr(0, at))};
  auto rest = name.substr(at == 0 ? 2 : at + 3);
  if (rest.starts_with(".dualstack")) rest.remove_prefix(10);
  if (rest.starts_with('.')) place.region = rest.substr(1);
  return place;
}

std::optional<Place> PlaceOf(const HttpHead& head) {
  const auto host = HostOf(head);
  if (host == "truststore.pki.rds.amazonaws.com") return Place{"truststore", "", ""};
  if (host.ends_with(kDomain)) {
    const auto name = std::string_view(host).substr(0, host.size() - kDomain.size());
    for (const std::string service : {"secretsmanager", "sts"}) {
      if (name == service) return Place{service, "", ""};
      if (name.starts_with(service + ".")) {
        return Place{service, std::string(name.substr(service.size() + 1)), ""};
      }
    }
    return S3Place(name);
  }
  // Another name (an address, localhost): what the signature is for.
  if (head.Header("x-amz-target").starts_with("secretsmanager.")) {
    return Place{"secretsmanager", "", ""};
  }
  const auto uri = ParseTarget(head.target);
  const auto claim = uri ? ParseClaim(head, *uri) : std::unexpected(AuthProblem::kMalformed);
  if (claim && *claim) return Place{(*claim)->service, "", ""};
  return Place{"s3", "", ""};
}

}  // namespace

class Endpoints::Router final : public HttpHandler {
 public:
  explicit Router(const EndpointsConfig& config)
      : account_(config.account),
        credentials_(config.credentials),
        bundle_(config.rds_bundle),
        s3_(config.account, config.objects, config.credentials),
        secrets_(config.account, config.secrets, config.credentials) {}

  std::unique_ptr<Exchange> Begin(const HttpHead& head) override {
    auto place = PlaceOf(head);
    if (!place) return std::make_unique<ReadyAnswer>(TextAnswer(404, "no such endpoint\n"));
    auto region = place->region.empty() ? head.region : place->region;
    if (place->service == "s3") return s3_.Begin(head, region, std::move(place->bucket));
    if (place->service == "secretsmanager") return secrets_.Begin(head, std::move(region));
    if (place->service == "truststore") return std::make_unique<ReadyAnswer>(Bundle(head));
    if (place->service == "sts") return BeginSts(head, std::move(region));
    return std::make_unique<ReadyAnswer>(TextAnswer(404, "no such service\n"));
  }

 private:
  // /global/global-bundle.pem, /REGION/REGION-bundle.pem
  HttpResponse Bundle(const HttpHead& head) const {
    const std::string_view path = head.target;
    const auto slash = path.find('/', 1);
    const auto region = slash == std::string_view::npos ? "" : path.substr(1, slash - 1);
    const bool found = !region.empty() && !bundle_.empty() &&
                       path.substr(slash + 1) == std::string(region) + "-bundle.pem";
    if (!found) return TextAnswer(404, "");
    auto response = TextAnswer(200, bundle_);
    response.headers[0].second = "application/x-x509-ca-cert";
    if (head.method == "HEAD") response.length_only = static_cast<std::int64_t>(bundle_.size());
    return response;
  }

  std::unique_ptr<Exchange> BeginSts(const HttpHead& head, std::string region) {
    auto answer = [this, &head, region = std::move(region)](const std::string& body) {
      return Sts(head, region, body);
    };
    const AwsError too_large{400, "ValidationError", "the request is too large"};
    return std::make_unique<WholeBody<decltype(answer)>>(kFormBytesMax, QueryFailure(too_large),
                                                         std::move(answer));
  }

  HttpResponse Sts(const HttpHead& head, const std::string& region, const std::string& body) {
    const auto uri = ParseTarget(head.target);
    if (!uri) return QueryFailure(QueryError(AuthProblem::kMalformed));
    const auto claim = ParseClaim(head, *uri);
    if (!claim) return QueryFailure(QueryError(claim.error()));
    if (!*claim) return QueryFailure(QueryError(AuthProblem::kMissing));
    // The global endpoint is signed for us-east-1.
    const bool global = HostOf(head) == "sts.amazonaws.com";
    const auto who =
        Authenticate(head, *uri, **claim, Sha256Hex(body), *credentials_,
                     {"sts", global ? "us-east-1" : std::string_view(region), WallClockMillis()});
    if (!who) return QueryFailure(QueryError(who.error()));
    const auto form = ParseQuery(body, true);
    Uri parameters{"/", form ? *form : uri->query};
    if (parameters.query.empty()) parameters.query = uri->query;
    if (parameters.Get("Action") != "GetCallerIdentity") {
      return QueryFailure({400, "InvalidAction", "only GetCallerIdentity is offered"});
    }
    const auto state = account_.State();
    auto response = XmlAnswer(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
        "<GetCallerIdentityResult><Arn>" +
        XmlText(SessionArnOf(who->caller)) + "</Arn><UserId>" +
        XmlText(UserIdOf(who->caller, *state)) + "</UserId><Account>" +
        std::string(aws::kLabAccount) +
        "</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>" + Hex(RandomBytes(16)) +
        "</RequestId></ResponseMetadata></GetCallerIdentityResponse>");
    response.headers[0].second = "text/xml";
    return response;
  }

  aws::Account& account_;
  const std::shared_ptr<const Credentials> credentials_;
  const std::string bundle_;
  S3Endpoint s3_;
  SecretsEndpoint secrets_;
};

Endpoints::Endpoints(EndpointsConfig config)
    : tls_(config.tls), router_(std::make_shared<Router>(config)), server_({}, kThreads) {}

Endpoints::~Endpoints() = default;

Result<HttpServer::ListenerId> Endpoints::Serve(int listening, std::string region) {
  return server_.Listen(listening, std::move(region), router_, tls_);
}

}  // namespace scv::services
