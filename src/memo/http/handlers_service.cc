// About the service itself: info, OpenAPI, health, the web app's files.
#include "memo/http/handlers.h"
#include "memo/http/json_out.h"
#include "memo/http/openapi.h"
#include "memo/service/version.h"

namespace scv::memo {

Outcome<Response> ServeInfo(const Call& call) {
  const ServeConfig& config = call.app.config;
  Response response;
  response.content_type = kJson;
  std::string& out = response.body;
  out = R"({"service":"memo","version":)";
  AppendJsonString(kVersion, out);
  out += R"(,"region":)";
  AppendJsonString(config.region, out);
  out += R"(,"instance":)";
  AppendJsonString(config.instance_id, out);
  out += R"(,"signup":)";
  AppendJsonString(config.signup, out);
  out += call.app.global ? R"(,"durability":["region","global"]})" : R"(,"durability":["region"]})";
  response.Add("Cache-Control", "no-store");
  return response;
}

Outcome<Response> ServeOpenApi(const Call&) {
  static const auto document = std::make_shared<const std::string>(OpenApiDocument());
  Response response;
  response.content_type = kJson;
  response.shared_body = document;
  response.Add("Cache-Control", "public, max-age=300");
  return response;
}

Outcome<Response> ServeLivez(const Call&) {
  Response response;
  response.content_type = kJson;
  response.body = R"({"status":"alive"})";
  response.Add("Cache-Control", "no-store");
  return response;
}

Outcome<Response> ServeReadyz(const Call& call) {
  const Readiness readiness = call.app.monitor->readiness();
  const bool draining = call.app.draining;
  const bool ready = readiness.ready() && !draining;
  Response response;
  response.status = ready ? 200 : 503;
  response.content_type = kJson;
  std::string& out = response.body;
  out = R"({"status":)";
  out += ready ? R"("ready")" : R"("not-ready")";
  out += R"(,"checks":{"database":)";
  AppendJsonString(readiness.database, out);
  out += R"(,"schema":)";
  AppendJsonString(readiness.schema, out);
  out += draining ? R"(,"draining":true}})" : R"(,"draining":false}})";
  response.Add("Cache-Control", "no-store");
  if (!ready) response.Add("Retry-After", "1");
  return response;
}

Outcome<Response> ServeMetrics(const Call& call) {
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = call.app.metrics.Render();
  return response;
}

Outcome<Response> ServeFile(const Call& call) {
  if (call.app.files != nullptr) {
    if (auto response = call.app.files->Find(call.request)) return std::move(*response);
  }
  return call.Refuse(ProblemKind::kNotFound, "There is no such page.");
}

}  // namespace scv::memo
