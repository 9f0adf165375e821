#include "services/metadata_server.h"

#include <charconv>

#include "base/time.h"
#include "services/answers.h"
#include "services/bytes.h"
#include "services/sealed.h"
#include "services/uri.h"

namespace scv::services {
namespace {

constexpr int kTtlSecondsMax = 21600;
constexpr std::size_t kBodyBytesMax = 4096;
constexpr std::string_view kTtlHeader = "x-aws-ec2-metadata-token-ttl-seconds";
constexpr std::string_view kTokenHeader = "x-aws-ec2-metadata-token";

std::optional<std::int64_t> Number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

HttpLimits Limits() {
  HttpLimits limits;
  limits.connections_max = 256;
  limits.header_bytes_max = 8 << 10;
  limits.body_bytes_max = kBodyBytesMax;
  limits.idle = std::chrono::seconds(10);
  return limits;
}

// The tokens' key: they need not outlive this process, every client asks for a new one then.
const std::string& TokenKey() {
  static const std::string kKey = RandomBytes(32);
  return kKey;
}

}  // namespace

class MetadataServer::Handler final : public HttpHandler {
 public:
  Handler(std::shared_ptr<const Credentials> credentials, InstanceFacts facts)
      : credentials_(std::move(credentials)),
        facts_(std::make_shared<const InstanceFacts>(std::move(facts))) {}

  void Change(InstanceFacts facts) {
    const std::scoped_lock lock(mutex_);
    facts_ = std::make_shared<const InstanceFacts>(std::move(facts));
  }

  std::unique_ptr<Exchange> Begin(const HttpHead& head) override {
    return std::make_unique<ReadyAnswer>(Answer(head));
  }

 private:
  HttpResponse Answer(const HttpHead& head) {
    const auto uri = ParseTarget(head.target);
    if (!uri) return TextAnswer(400, "");
    // A proxy in between: an open one must not hand credentials to the outside.
    if (head.Has("x-forwarded-for")) return TextAnswer(403, "");
    if (uri->path == "/latest/api/token") return Token(head);
    if (head.method != "GET" && head.method != "HEAD") return TextAnswer(405, "");
    if (!HasToken(head)) return TextAnswer(401, "");
    auto response = Read(uri->path);
    if (head.method == "HEAD") {
      response.length_only = static_cast<std::int64_t>(response.body.size());
    }
    return response;
  }

  HttpResponse Token(const HttpHead& head) {
    if (head.method != "PUT") return TextAnswer(405, "");
    const auto ttl = Number(head.Header(kTtlHeader));
    if (!ttl || *ttl < 1 || *ttl > kTtlSecondsMax) return TextAnswer(400, "");
    const auto until = std::to_string(WallClockMillis() + *ttl * 1000);
    auto response = TextAnswer(200, Base64(Seal(TokenKey(), facts()->id, until)));
    response.headers.emplace_back("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", std::to_string(*ttl));
    return response;
  }

  bool HasToken(const HttpHead& head) {
    const auto sealed = Unbase64(head.Header(kTokenHeader));
    const auto until = sealed ? Unseal(TokenKey(), facts()->id, *sealed) : std::nullopt;
    return until && Number(*until).value_or(0) > WallClockMillis();
  }

  HttpResponse Read(std::string_view path) {
    const auto known = facts();
    if (path == "/" || path == "") return TextAnswer(200, "latest");
    const auto slash = path.find('/', 1);
    const auto version = path.substr(1, slash == std::string_view::npos ? slash : slash - 1);
    // "latest", or a date ("2021-07-15"): all have the same.
    if (version != "latest" && version.size() != 10) return TextAnswer(404, "");
    const auto rest = slash == std::string_view::npos ? "" : path.substr(slash + 1);
    auto text = MetadataAt(*known, Key(known->role, known->id), rest);
    if (!text) return TextAnswer(404, "");
    return TextAnswer(200, std::move(*text));
  }

  std::shared_ptr<const InstanceFacts> facts() {
    const std::scoped_lock lock(mutex_);
    return facts_;
  }

  // The role's keys of now, replaced well before they expire.
  AccessKey Key(const std::string& role, const std::string& id) {
    if (role.empty()) return {};
    const std::scoped_lock lock(mutex_);
    const Millis now = WallClockMillis();
    if (key_role_ != role || Credentials::ShouldRenew(key_, now)) {
      key_ = credentials_->Issue(role, id, now);
      key_role_ = role;
    }
    return key_;
  }

  const std::shared_ptr<const Credentials> credentials_;
  std::mutex mutex_;
  std::shared_ptr<const InstanceFacts> facts_;
  AccessKey key_;
  std::string key_role_;
};

MetadataServer::MetadataServer(std::shared_ptr<const Credentials> credentials)
    : credentials_(std::move(credentials)), server_(Limits(), 1) {}

MetadataServer::~MetadataServer() = default;

Result<void> MetadataServer::Add(int listening, InstanceFacts facts) {
  const auto id = facts.id;
  const auto region = facts.region;
  auto handler = std::make_shared<Handler>(credentials_, std::move(facts));
  SCV_ASSIGN(const auto listener, server_.Listen(listening, region, handler, nullptr));
  const std::scoped_lock lock(mutex_);
  auto& entry = instances_[id];
  if (entry.listener != 0) server_.Close(entry.listener);
  entry = {listener, std::move(handler)};
  return {};
}

Result<void> MetadataServer::Change(InstanceFacts facts) {
  const std::scoped_lock lock(mutex_);
  const auto found = instances_.find(facts.id);
  if (found == instances_.end()) {
    return Fail(ErrorKind::kNotFound, "no metadata is served for " + facts.id);
  }
  found->second.handler->Change(std::move(facts));
  return {};
}

void MetadataServer::Remove(std::string_view instance_id) {
  const std::scoped_lock lock(mutex_);
  const auto found = instances_.find(instance_id);
  if (found == instances_.end()) return;
  server_.Close(found->second.listener);
  instances_.erase(found);
}

}  // namespace scv::services
