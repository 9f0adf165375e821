// scv-services: the services alone, for tests with real clients. An account in memory with the
// resources of a JSON file ([{"region", "type", "id", "attributes"}, …]), the stores in a
// directory, plain or TLS sockets on the loopback. Prints one line of JSON with its ports, then
// serves until its standard input ends.
//
//   scv-services DIRECTORY REGION RESOURCES.json [CERTIFICATE.pem KEY.pem]
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <mutex>

#include "services/endpoints.h"
#include "services/metadata_server.h"

namespace {

namespace json = boost::json;
using scv::Error;
using scv::ErrorKind;
using scv::Fail;
using scv::Result;

// What is written is there at once; nothing is durable.
class Account final : public scv::aws::Account {
 public:
  std::shared_ptr<const scv::aws::DesiredState> State() const override {
    const std::scoped_lock lock(mutex_);
    return state_;
  }
  Result<void> Write(const Change& change) override {
    const std::scoped_lock lock(mutex_);
    auto copy = std::make_shared<scv::aws::DesiredState>(*state_);
    SCV_TRY(change(*copy));
    state_ = std::move(copy);
    return {};
  }
  Result<void> Delete(const scv::aws::ResourceKey& key) override {
    return Write([&](scv::aws::DesiredState& state) -> Result<void> {
      state.Remove(key);
      return {};
    });
  }
  Result<void> WaitSettled(const scv::aws::ResourceKey&, std::chrono::steady_clock::time_point,
                           const std::function<bool()>&) override {
    return {};
  }
  Result<json::object> Read(const scv::aws::ResourceKey& key) override {
    const auto state = State();
    const auto* resource = state->Find(key);
    if (resource == nullptr) return Fail(ErrorKind::kNotFound, "it is not there");
    return resource->attributes;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const scv::aws::DesiredState> state_ = std::make_shared<scv::aws::DesiredState>();
};

struct Listening {
  int descriptor = -1;
  int port = 0;
};

Result<Listening> ListenOnLoopback() {
  Listening made{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), 0};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(made.descriptor, generic, size) != 0 || ::listen(made.descriptor, 64) != 0 ||
      ::getsockname(made.descriptor, generic, &size) != 0) {
    return Fail(ErrorKind::kUnavailable, "cannot listen on the loopback");
  }
  made.port = ntohs(address.sin_port);
  return made;
}

Result<void> Load(const char* path, Account& account, scv::services::DiskObjectStore& objects) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  boost::system::error_code error;
  const auto document = json::parse(text, error);
  if (error || !document.is_array()) return Fail(ErrorKind::kInvalid, "the resources are no array");
  return account.Write([&](scv::aws::DesiredState& state) -> Result<void> {
    for (const auto& entry : document.get_array()) {
      scv::aws::Resource resource;
      const auto text_of = [&](const char* name) {
        return std::string(entry.at(name).as_string());
      };
      resource.key.region = text_of("region");
      resource.key.type = text_of("type");
      resource.key.id = text_of("id");
      resource.attributes = entry.at("attributes").as_object();
      resource.status = scv::aws::Status::kAvailable;
      resource.created_at = scv::WallClockMillis();
      if (resource.key.type == "aws_s3_bucket") {
        SCV_TRY(objects.CreateBucket(resource.key.id, resource.key.region));
      }
      if (resource.key.type == "aws_s3_bucket_versioning") {
        SCV_TRY(objects.SetVersioning(resource.key.id, true));
      }
      state.Put(std::move(resource));
    }
    return {};
  });
}

scv::services::InstanceFacts Facts(const std::string& region) {
  scv::services::InstanceFacts facts;
  facts.id = "i-0123456789abcdef0";
  facts.region = region;
  facts.zone = region + "a";
  facts.address = "10.0.1.5";
  facts.hostname = "ip-10-0-1-5." + region + ".compute.internal";
  facts.mac = "02:ac:0a:00:01:05";
  facts.instance_type = "t3.micro";
  facts.image_id = "ami-0123456789abcdef0";
  facts.role = "was";
  facts.profile_arn = "arn:aws:iam::123456789012:instance-profile/was";
  facts.user_data = "#!/bin/sh\necho hello\n";
  facts.tags = {{"Name", "was-1"}};
  facts.security_groups = {"was"};
  facts.launched_at = scv::WallClockMillis();
  return facts;
}

Result<void> Run(int argc, char** argv) {
  const std::filesystem::path directory = argv[1];
  const std::string region = argv[2];
  SCV_ASSIGN(auto objects, scv::services::DiskObjectStore::Open(directory / "objects"));
  SCV_ASSIGN(auto secrets, scv::services::EncryptedSecretStore::Open(directory / "secrets"));
  SCV_ASSIGN(auto credentials, scv::services::Credentials::Open(directory / "keys"));
  Account account;
  SCV_TRY(Load(argv[3], account, *objects));
  scv::services::TlsContexts tls;
  if (argc >= 6) {
    auto context =
        std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
    context->use_certificate_chain_file(argv[4]);
    context->use_private_key_file(argv[5], boost::asio::ssl::context::pem);
    tls = [context](std::string_view) { return context; };
  }
  scv::services::Endpoints endpoints({account, *objects, *secrets, credentials, tls, "the bundle"});
  scv::services::MetadataServer metadata(credentials);
  SCV_ASSIGN(const auto api, ListenOnLoopback());
  SCV_ASSIGN(const auto imds, ListenOnLoopback());
  SCV_TRY(endpoints.Serve(api.descriptor, region));
  SCV_TRY(metadata.Add(imds.descriptor, Facts(region)));
  std::printf("{\"api\": %d, \"metadata\": %d}\n", api.port, imds.port);
  std::fflush(stdout);
  while (std::getchar() != EOF) continue;
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  if (argc != 4 && argc != 6) {
    std::fprintf(stderr,
                 "usage: scv-services DIRECTORY REGION RESOURCES.json [CERT.pem KEY.pem]\n");
    return 2;
  }
  try {
    if (const auto done = Run(argc, argv); !done) {
      std::fprintf(stderr, "scv-services: %s\n", done.error().message.c_str());
      return 1;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "scv-services: %s\n", error.what());
    return 1;
  }
  return 0;
}
