// The only translation unit with gRPC's headers: calls of Terraform's become calls of Provider.
#include <grpcpp/grpcpp.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server_posix.h>
#include <spdlog/spdlog.h>

#include <boost/json/parse.hpp>
#include <functional>
#include <utility>

#include "provider/acceptor.h"
#include "provider/after_reply.h"
#include "provider/conform.h"
#include "provider/msgpack.h"
#include "provider/schema.h"
#include "provider/server.h"
#include "provider/sessions.h"
// The generated half is compiled here as well: gRPC's headers take longer than all of this room.
#include <tfplugin5.grpc.pb.cc>

namespace scv::provider {
namespace {

namespace wire = ::tfplugin5;
using grpc::ServerContext;
using grpc::Status;

Result<Value> Decode(const wire::DynamicValue& dynamic) {
  if (!dynamic.msgpack().empty()) return DecodeMsgpack(dynamic.msgpack());
  if (dynamic.json().empty()) return Value();
  boost::system::error_code failed;
  const auto parsed = boost::json::parse(dynamic.json(), failed);
  if (failed) return Fail(ErrorKind::kInvalid, "the value is no JSON: " + failed.message());
  return FromJson(parsed);
}

void Encode(const Value& value, wire::DynamicValue* out) { out->set_msgpack(EncodeMsgpack(value)); }

void FillPath(const Path& path, wire::AttributePath* out) {
  for (const auto& step : path) {
    auto* added = out->add_steps();
    switch (step.kind) {
      case Step::Kind::kAttribute:
        added->set_attribute_name(step.name);
        break;
      case Step::Kind::kKey:
        added->set_element_key_string(step.name);
        break;
      case Step::Kind::kIndex:
        added->set_element_key_int(step.index);
        break;
    }
  }
}

void Fill(const Diagnostics& diagnostics,
          google::protobuf::RepeatedPtrField<wire::Diagnostic>* out) {
  for (const auto& diagnostic : diagnostics) {
    auto* added = out->Add();
    added->set_severity(diagnostic.warning ? wire::Diagnostic::WARNING : wire::Diagnostic::ERROR);
    added->set_summary(diagnostic.summary);
    added->set_detail(diagnostic.detail);
    if (!diagnostic.path.empty()) FillPath(diagnostic.path, added->mutable_attribute());
  }
}

void FillBlock(const Block& block, wire::Schema::Block* out) {
  for (const auto& [name, attribute] : block.attributes) {
    auto* added = out->add_attributes();
    added->set_name(name);
    added->set_type(ToJsonText(attribute.type));
    added->set_required(attribute.required);
    added->set_optional(attribute.optional);
    added->set_computed(attribute.computed);
    added->set_sensitive(attribute.sensitive);
    added->set_write_only(attribute.write_only);
  }
  for (const auto& [name, nested] : block.blocks) {
    auto* added = out->add_block_types();
    added->set_type_name(name);
    added->set_nesting(
        static_cast<wire::Schema::NestedBlock::NestingMode>(static_cast<int>(nested.nesting)));
    added->set_min_items(nested.items_min);
    added->set_max_items(nested.items_max);
    FillBlock(nested.block, added->mutable_block());
  }
}

template <typename Map>
void FillSchemas(const Schemas& schemas, Map* out) {
  for (const auto& [name, block] : schemas) FillBlock(block, (*out)[name].mutable_block());
}

template <typename Names>
void FillNames(const Schemas& schemas, Names* out) {
  for (const auto& [name, block] : schemas) out->Add()->set_type_name(name);
}

// What a handler throws when a message's value is malformed.
struct BadValue {
  std::string why;
};

Value Need(const wire::DynamicValue& dynamic) {
  auto value = Decode(dynamic);
  if (!value.has_value()) throw BadValue{value.error().message};
  return std::move(*value);
}

// Whatever a library throws ends the call, not the daemon.
template <typename Body>
Status Guarded(const Body& body) {
  try {
    body();
    return Status::OK;
  } catch (const BadValue& bad) {
    return {grpc::StatusCode::INVALID_ARGUMENT, bad.why};
  } catch (const std::exception& error) {
    spdlog::error("provider: a call failed: {}", error.what());
    return {grpc::StatusCode::INTERNAL, error.what()};
  }
}

class Service final : public wire::Provider::Service {
 public:
  Service(const Provider& provider, Sessions& sessions, AfterReply& after)
      : provider_(provider), sessions_(sessions), after_(after) {}

  Status GetMetadata(ServerContext*, const wire::Nothing*, wire::MetadataResponse* out) override {
    return Guarded([&] {
      Capabilities(out->mutable_server_capabilities());
      FillNames(TheSchema().resources, out->mutable_resources());
      FillNames(TheSchema().data_sources, out->mutable_data_sources());
      FillNames(TheSchema().ephemeral, out->mutable_ephemeral_resources());
    });
  }

  Status GetSchema(ServerContext*, const wire::Nothing*, wire::SchemaResponse* out) override {
    return Guarded([&] {
      Capabilities(out->mutable_server_capabilities());
      FillBlock(TheSchema().provider, out->mutable_provider()->mutable_block());
      FillSchemas(TheSchema().resources, out->mutable_resource_schemas());
      FillSchemas(TheSchema().data_sources, out->mutable_data_source_schemas());
      FillSchemas(TheSchema().ephemeral, out->mutable_ephemeral_resource_schemas());
    });
  }

  Status PrepareProviderConfig(ServerContext*, const wire::PrepareRequest* in,
                               wire::PrepareResponse* out) override {
    return Guarded([&] { *out->mutable_prepared_config() = in->config(); });
  }

  Status Configure(ServerContext* context, const wire::ConfigureRequest* in,
                   wire::DiagnosticsResponse* out) override {
    return Guarded([&] {
      auto session = std::make_shared<Session>();
      Fill(provider_.Configure(Need(in->config()), *session), out->mutable_diagnostics());
      sessions_.Put(context->peer(), std::move(session));
    });
  }

  Status ValidateResourceTypeConfig(ServerContext*, const wire::ValidateRequest* in,
                                    wire::DiagnosticsResponse* out) override {
    return Guarded([&] {
      Fill(provider_.ValidateResource(in->type_name(), Need(in->config())),
           out->mutable_diagnostics());
    });
  }

  Status ValidateDataSourceConfig(ServerContext*, const wire::ValidateRequest* in,
                                  wire::DiagnosticsResponse* out) override {
    return Guarded([&] {
      Fill(provider_.ValidateData(in->type_name(), Need(in->config())), out->mutable_diagnostics());
    });
  }

  Status ValidateEphemeralResourceConfig(ServerContext*, const wire::ValidateRequest* in,
                                         wire::DiagnosticsResponse* out) override {
    return Guarded([&] {
      Fill(provider_.ValidateEphemeral(in->type_name(), Need(in->config())),
           out->mutable_diagnostics());
    });
  }

  Status UpgradeResourceState(ServerContext*, const wire::UpgradeRequest* in,
                              wire::UpgradeResponse* out) override {
    return Guarded([&] {
      const auto answer = provider_.Upgrade(in->type_name(), in->raw_state().json());
      Encode(answer.state, out->mutable_upgraded_state());
      Fill(answer.diagnostics, out->mutable_diagnostics());
    });
  }

  Status ReadResource(ServerContext* context, const wire::ReadRequest* in,
                      wire::ReadResponse* out) override {
    return Guarded([&] {
      const auto session = sessions_.Of(context->peer());
      const auto answer = provider_.Read(*session, in->type_name(), Need(in->current_state()));
      Encode(answer.state, out->mutable_new_state());
      Fill(answer.diagnostics, out->mutable_diagnostics());
      out->set_private_(in->private_());
    });
  }

  Status PlanResourceChange(ServerContext* context, const wire::PlanRequest* in,
                            wire::PlanResponse* out) override {
    return Guarded([&] {
      const auto session = sessions_.Of(context->peer());
      const auto answer = provider_.Plan(*session, in->type_name(), Need(in->prior_state()),
                                         Need(in->proposed_new_state()), Need(in->config()));
      Encode(answer.planned, out->mutable_planned_state());
      for (const auto& path : answer.requires_replace) FillPath(path, out->add_requires_replace());
      Fill(answer.diagnostics, out->mutable_diagnostics());
      out->set_planned_private(in->prior_private());
      out->set_legacy_type_system(true);
    });
  }

  Status ApplyResourceChange(ServerContext* context, const wire::ApplyRequest* in,
                             wire::ApplyResponse* out) override {
    return Guarded([&] {
      const auto session = sessions_.Of(context->peer());
      const std::function<bool()> stopped = [this, context, late = GiveUp(*session)]() mutable {
        return sessions_.closing() || context->IsCancelled() || late();
      };
      auto answer = provider_.Apply(*session, in->type_name(), Need(in->prior_state()),
                                    Need(in->planned_state()), Need(in->config()), stopped);
      // The next daemon drops by itself what nobody was told of.
      const bool heard = !HasError(answer.diagnostics) && !context->IsCancelled();
      if (answer.made && !heard && stopped() && !sessions_.closing()) provider_.TakeBack(answer);
      Encode(answer.state, out->mutable_new_state());
      Fill(answer.diagnostics, out->mutable_diagnostics());
      if (answer.made) {
        after_.Add(context, [this, made = *answer.made] { provider_.Acknowledge(made); });
      }
      out->set_private_(in->planned_private());
      out->set_legacy_type_system(true);
    });
  }

  Status ImportResourceState(ServerContext* context, const wire::ImportRequest* in,
                             wire::ImportResponse* out) override {
    return Guarded([&] {
      const auto session = sessions_.Of(context->peer());
      const auto answer = provider_.Import(*session, in->type_name(), in->id());
      Fill(answer.diagnostics, out->mutable_diagnostics());
      if (answer.state.is_null()) return;
      auto* imported = out->add_imported_resources();
      imported->set_type_name(in->type_name());
      Encode(answer.state, imported->mutable_state());
    });
  }

  Status MoveResourceState(ServerContext*, const wire::MoveRequest* in,
                           wire::MoveResponse* out) override {
    return Guarded([&] {
      Fill({{.summary = "Cannot move " + in->source_type_name() + " to " + in->target_type_name(),
             .detail = "A moved block may change a resource's name, not its type. Import it under "
                       "the new type instead.",
             .path = {}}},
           out->mutable_diagnostics());
    });
  }

  Status ReadDataSource(ServerContext* context, const wire::ReadDataRequest* in,
                        wire::ReadDataResponse* out) override {
    return Guarded([&] {
      const auto session = sessions_.Of(context->peer());
      const auto answer = provider_.ReadData(*session, in->type_name(), Need(in->config()));
      Encode(answer.state, out->mutable_state());
      Fill(answer.diagnostics, out->mutable_diagnostics());
    });
  }

  Status OpenEphemeralResource(ServerContext* context, const wire::OpenEphemeralRequest* in,
                               wire::OpenEphemeralResponse* out) override {
    return Guarded([&] {
      const auto session = sessions_.Of(context->peer());
      const auto answer = provider_.OpenEphemeral(*session, in->type_name(), Need(in->config()));
      Encode(answer.state, out->mutable_result());
      Fill(answer.diagnostics, out->mutable_diagnostics());
    });
  }

  Status RenewEphemeralResource(ServerContext*, const wire::RenewEphemeralRequest*,
                                wire::RenewEphemeralResponse*) override {
    return Status::OK;
  }

  Status CloseEphemeralResource(ServerContext*, const wire::CloseEphemeralRequest*,
                                wire::DiagnosticsResponse*) override {
    return Status::OK;
  }

  Status Stop(ServerContext* context, const wire::Nothing*, wire::StopResponse*) override {
    return Guarded([&] { sessions_.Of(context->peer())->stopped = true; });
  }

 private:
  static void Capabilities(wire::ServerCapabilities* out) {
    out->set_get_provider_schema_optional(true);
  }

  const Provider& provider_;
  Sessions& sessions_;
  AfterReply& after_;
};

class GrpcServer final : public Server {
 public:
  GrpcServer(int listener, const Provider& provider) : service_(provider, sessions_, after_) {
    grpc::ResourceQuota quota("scv-provider");
    quota.SetMaxThreads(kCallsMax);
    grpc::ServerBuilder builder;
    builder.SetResourceQuota(quota);
    builder.SetMaxReceiveMessageSize(static_cast<int>(kMsgpackBytesMax));
    builder.SetMaxSendMessageSize(static_cast<int>(kMsgpackBytesMax));
    builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::NUM_CQS, 1);
    builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MAX_POLLERS, 2);
    builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::CQ_TIMEOUT_MSEC, 60'000);
    builder.RegisterService(&service_);
    builder.experimental().SetInterceptorCreators(AfterReply::Interceptors(after_));
    grpc_ = builder.BuildAndStart();
    acceptor_ = std::make_unique<Acceptor>(listener, kConnectionsMax, [this](int fd) {
      sessions_.Forget(fd);
      grpc::AddInsecureChannelFromFd(grpc_.get(), fd);
    });
  }
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  ~GrpcServer() override {
    acceptor_.reset();
    sessions_.Close();
    grpc_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(2));
    grpc_->Wait();
  }

  void Stop() override { sessions_.Close(); }

 private:
  Sessions sessions_;
  AfterReply after_;
  Service service_;
  std::unique_ptr<grpc::Server> grpc_;
  std::unique_ptr<Acceptor> acceptor_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(int listener, const Provider& provider) {
  try {
    return std::make_unique<GrpcServer>(listener, provider);
  } catch (const std::exception& error) {
    return Fail(ErrorKind::kInternal,
                std::string("the Terraform provider's server did not start: ") + error.what());
  }
}

}  // namespace scv::provider
