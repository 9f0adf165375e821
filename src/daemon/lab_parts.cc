#include "daemon/lab_parts.h"

#include <signal.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

#include "aws/ipv4.h"
#include "daemon/endpoint_tls.h"
#include "daemon/instance_facts.h"
#include "world/linux/certificate_x509.h"
#include "world/linux/dns_query.h"
#include "world/linux/launcher.h"
#include "world/linux/silent_peers.h"

namespace scv::daemon {
namespace {

namespace fs = std::filesystem;
using lab::PartKind;
using std::chrono::milliseconds;

constexpr int kWorkers = 8;
constexpr milliseconds kInstanceGrace{1500};
constexpr milliseconds kQueryWithin{2000};
constexpr milliseconds kAccessLogsEvery{300'000};  // AWS: five minutes
constexpr std::size_t kConsolesKept = 100;
constexpr const char* kPublicNameServer = "192.0.2.53";  // control::Environment's
constexpr const char* kMetadataAddress = "169.254.169.254";

// How long the first process of an instance waits for what it started, before SIGKILL.
constexpr const char* kInstanceStopWithin = "1000";

}  // namespace

LabParts::~LabParts() = default;

Result<std::unique_ptr<LabParts>> LabParts::Open(const Settings& settings, world::FdStore& fds) {
  std::unique_ptr<LabParts> parts(new LabParts(settings, fds));
  SCV_TRY(parts->Prepare());
  return parts;
}

Result<void> LabParts::Prepare() {
  const auto& state = settings_.state;
  SCV_ASSIGN(objects_, services::DiskObjectStore::Open(state / "objects"));
  SCV_ASSIGN(secrets_, services::EncryptedSecretStore::Open(state / "secrets"));
  SCV_ASSIGN(credentials_, services::Credentials::Open(state / "keys"));
  SCV_ASSIGN(authority_, world::CertificateAuthority::Open(state / "ca"));
  // Where clients on the host find it.
  SCV_TRY(world::WriteFile(state / "root.pem", authority_->root_pem(), false));
  SCV_ASSIGN(network_, world::MakeNetwork(fds_));
  SCV_ASSIGN(processes_, world::MakeProcesses(fds_, settings_.runtime / "processes"));
  std::error_code failed;
  fs::create_directories(settings_.runtime / "dns", failed);
  fs::create_directories(state / "consoles", failed);
  fs::create_directories(state / "databases", failed);
  fs::create_directories(settings_.runtime / "databases", failed);
  names_ = std::make_unique<world::NameDatabases>(settings_.runtime / "dns");
  name_servers_ = std::make_unique<world::NameServers>(*processes_, *network_,
                                                       settings_.runtime / "dns", *names_);
  monitor_ = std::make_unique<world::DatabaseMonitor>(
      *network_, [this](const std::string& process, const lab::DatabaseSighting& look) {
        const auto key = world::PartOfProcessName(process);
        if (key && world_) world_->SeeDatabase(*key, look);
      });
  databases_ = std::make_unique<world::DatabaseServers>(
      *processes_, *network_, *authority_, state / "databases", settings_.runtime / "databases",
      monitor_.get());
  checks_ = std::make_unique<world::EndpointChecks>(
      *network_, control::Environment().name_server,
      [this](const std::string& id, const lab::CheckSighting& probe) {
        const auto key = world::PartOfProcessName(id);
        if (key && world_) world_->SeeCheck(*key, probe);
      });
  access_logs_ = std::make_unique<world::AccessLogs>(
      milliseconds(settings_.pace.Scaled(kAccessLogsEvery.count())),
      [this](const std::string& bucket, const std::string& key, const std::string& gzip) {
        const auto put = objects_->PutBytes(bucket, key, gzip, {});
        if (!put) spdlog::warn("access logs to {}: {}", bucket, put.error().message);
      });
  load_balancers_ = std::make_unique<world::LoadBalancers>(
      *processes_, *network_, *authority_, access_logs_.get(), settings_.runtime / "lb",
      [this](const std::string& process, std::vector<lab::TargetSighting> targets) {
        const auto key = world::PartOfProcessName(process);
        if (key && world_) world_->SeeTargets(*key, std::move(targets));
      });
  door_ = std::make_unique<world::Door>(*processes_, *network_, settings_.runtime / "door");
  metadata_ = std::make_unique<services::MetadataServer>(credentials_);
  SCV_TRY(PrepareFaults());
  world_ = std::make_unique<world::LinuxWorld>(*processes_, Makers(), kWorkers);
  return {};
}

Result<void> LabParts::Connect(aws::Account& account, FindInstance find) {
  account_ = &account;
  find_ = std::move(find);
  endpoints_ = std::make_unique<services::Endpoints>(
      services::EndpointsConfig{.account = account,
                                .objects = *objects_,
                                .secrets = *secrets_,
                                .credentials = credentials_,
                                .tls = EndpointTls(*authority_),
                                .rds_bundle = authority_->inside_pem()});
  // The first database is copied from it; by the time Terraform asks for one it is ready.
  template_ = std::jthread([this] {
    if (const auto made = databases_->PrepareTemplate(); !made) {
      spdlog::warn("the database template: {}", made.error().message);
    }
  });
  return {};
}

// A listener made once is kept by the lab's init: connections that arrive while the daemon is away
// wait in its queue.
Result<world::UniqueFd> LabParts::ListenAt(const std::string& place, const std::string& address,
                                           int port, const std::string& kept_as) {
  if (auto kept = fds_.Get(kept_as)) return kept;
  SCV_ASSIGN(auto listener, network_->Listen(place, address, port));
  SCV_TRY(fds_.Put(kept_as, listener.get()));
  return listener;
}

Result<std::string> LabParts::MakeInternet(const lab::Part& part) {
  const auto& spec = std::get<lab::InternetSpec>(part.spec);
  SCV_TRY(network_->EnsureInternet(spec));
  for (const auto& [region, address] : spec.endpoint_addresses) {
    SCV_TRY(ServeEndpoints(region, address));
  }
  return std::string();
}

Result<void> LabParts::ServeEndpoints(const std::string& region, const std::string& address) {
  const std::lock_guard lock(mutex_);
  if (served_regions_.contains(region)) return {};
  SCV_ASSIGN(auto listener, ListenAt("internet", address, 443, "endpoint/" + region));
  SCV_ASSIGN(const auto served, endpoints_->Serve(listener.release(), region));
  static_cast<void>(served);
  served_regions_.insert(region);
  return {};
}

Result<std::string> LabParts::MakeInstance(const lab::Part& part) {
  const auto& spec = std::get<lab::InstanceSpec>(part.spec);
  const std::string process = world::ProcessNameOf(part.key);
  SCV_TRY(network_->EnsureHost(process, spec.interface, spec.firewall));
  SCV_TRY(ServeMetadata(process, spec));
  const auto status = processes_->Find(process);
  if (status && status->running) return std::string();
  SCV_TRY(StartInstance(process, spec));
  return std::string();
}

Result<void> LabParts::ServeMetadata(const std::string& host, const lab::InstanceSpec& spec) {
  const auto record = find_(spec.id);
  control::InstanceRecord unknown;
  unknown.id = spec.id;
  const auto facts = FactsOf(*account_->State(), record.value_or(unknown), spec);
  const std::lock_guard lock(mutex_);
  if (served_instances_.contains(spec.id)) return metadata_->Change(facts);
  SCV_ASSIGN(auto listener,
             ListenAt(host, kMetadataAddress, lab::kMetadataPort, "metadata/" + spec.id));
  SCV_TRY(metadata_->Add(listener.release(), facts));
  served_instances_.insert(spec.id);
  return {};
}

Result<void> LabParts::StartInstance(const std::string& process, const lab::InstanceSpec& spec) {
  SCV_ASSIGN(const world::UniqueFd space, network_->NamespaceOf(process));
  SCV_TRY(world::GiveUpSilentPeers(space.get()));
  SCV_ASSIGN(const auto program, world::HelperProgram("scv-instance-init"));
  world::ProcessSpec wanted;
  wanted.name = process;
  wanted.arguments = {program.string(), "--stop-within", kInstanceStopWithin};
  wanted.environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "HOME=/root", "LANG=C.UTF-8"};
  wanted.working_directory = "/";
  wanted.log = ConsoleOf(spec.id);
  wanted.network_namespace = space.get();
  wanted.limits = spec.limits;
  wanted.batch = true;
  wanted.instance = world::ProcessSpec::Instance{.hostname = spec.hostname,
                                                 .resolver = spec.resolver,
                                                 .trusted_roots = authority_->root_file()};
  SCV_ASSIGN(const auto started, processes_->Start(wanted));
  static_cast<void>(started);
  return {};
}

Result<void> LabParts::TakeDownInstance(const lab::PartKey& key) {
  const std::string process = world::ProcessNameOf(key);
  SCV_TRY(processes_->Stop(process, kInstanceGrace));
  {
    const std::lock_guard lock(mutex_);
    metadata_->Remove(key.name);
    served_instances_.erase(key.name);
  }
  SCV_TRY(fds_.Remove("metadata/" + key.name));
  SCV_TRY(network_->RemoveHost(process));
  PruneConsoles();
  return {};
}

Result<std::string> LabParts::MakeCertificate(const lab::Part& part) {
  const auto& spec = std::get<lab::CertificateSpec>(part.spec);
  SCV_ASSIGN(const auto issued, authority_->Issue(spec.arn, spec.names));
  static_cast<void>(issued);
  return std::string();
}

Result<std::string> LabParts::MakeDoor(const lab::Part& part) {
  SCV_ASSIGN(const auto listener, fds_.Get("listener/door"));
  SCV_TRY(door_->Ensure(world::ProcessNameOf(part.key), std::get<lab::DoorSpec>(part.spec),
                        {.https = listener.get(), .http = -1, .public_https_port = 443}));
  return std::string();
}

fs::path LabParts::ConsoleOf(const std::string& instance) const {
  return settings_.state / "consoles" / (instance + ".log");
}

// Those of instances that are gone stay readable for a while.
void LabParts::PruneConsoles() {
  std::vector<std::pair<fs::file_time_type, fs::path>> consoles;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(settings_.state / "consoles", failed)) {
    consoles.emplace_back(entry.last_write_time(failed), entry.path());
  }
  if (consoles.size() <= kConsolesKept) return;
  std::sort(consoles.begin(), consoles.end());
  consoles.resize(consoles.size() - kConsolesKept);
  for (const auto& [time, path] : consoles) fs::remove(path, failed);
}

// People name a part by its own name; processes have the kind and the region before it.
std::string LabParts::ProcessFor(const std::string& part) {
  for (const auto& status : processes_->List()) {
    const auto key = world::PartOfProcessName(status.name);
    if (status.name == part || (key && key->name == part)) return status.name;
  }
  return part;
}

Result<Operations::Process> LabParts::FindProcess(const std::string& part) {
  const std::string wanted = part == "internet" ? std::string("door") : part;
  for (const auto& status : processes_->List()) {
    const auto key = world::PartOfProcessName(status.name);
    if (!key || !status.running) continue;
    const bool door = part == "internet" && key->kind == PartKind::kDoor;
    if (!door && status.name != wanted && key->name != wanted) continue;
    return Process{.pid = status.pid, .instance = key->kind == PartKind::kInstance};
  }
  return Fail(ErrorKind::kNotFound,
              "nothing called '" + part + "' runs here; `scv status` names what does");
}

Result<fs::path> LabParts::LogOf(const std::string& part) {
  const bool plain = !part.empty() && part.find("..") == std::string::npos;
  if (plain && part.find('/') == std::string::npos && fs::exists(ConsoleOf(part))) {
    return ConsoleOf(part);
  }
  const std::string process = ProcessFor(part);
  const auto key = world::PartOfProcessName(process);
  if (key && key->kind == PartKind::kDatabase) {
    return databases_->HomeOf(process) / "mariadbd.log";
  }
  if (key && key->kind == PartKind::kLoadBalancerNode) {
    return load_balancers_->HomeOf(process) / "haproxy.log";
  }
  return Fail(ErrorKind::kNotFound, "there is no log of '" + part + "'");
}

Result<void> LabParts::Kill(const std::string& part) {
  SCV_ASSIGN(const auto process, FindProcess(part));
  static_cast<void>(process);
  return processes_->Signal(ProcessFor(part), SIGKILL);
}

Result<std::vector<std::string>> LabParts::Query(const std::string& name, const std::string& type,
                                                 const std::string& from) {
  SCV_ASSIGN(const auto space, network_->NamespaceOf(from.empty() ? "internet" : from));
  std::string server = kPublicNameServer;
  if (!from.empty()) {
    const auto found = account_->State()->List("aws_vpc");
    const auto vpc = std::find_if(found.begin(), found.end(),
                                  [&](const auto& entry) { return entry->key.id == from; });
    if (vpc == found.end()) return Fail(ErrorKind::kNotFound, "there is no VPC " + from);
    // The VPC's base address plus two, as on AWS.
    server = aws::AddressAt(aws::String((*vpc)->attributes, "cidr_block"), 2);
  }
  return world::QueryDns(space.get(), server, name, type, kQueryWithin);
}

std::string LabParts::RootPem() { return authority_->root_pem(); }

}  // namespace scv::daemon
