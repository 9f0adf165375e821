// The real lab put together: the classes that make parts, the services that instances call, and
// what the API does to them. One per daemon.
#ifndef SCV_DAEMON_LAB_PARTS_H_
#define SCV_DAEMON_LAB_PARTS_H_

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "aws/account.h"
#include "control/instance_record.h"
#include "control/lab_plan.h"
#include "control/pace.h"
#include "daemon/api_routes.h"
#include "services/credentials.h"
#include "services/disk_object_store.h"
#include "services/encrypted_secret_store.h"
#include "services/endpoints.h"
#include "services/metadata_server.h"
#include "world/linux/access_log.h"
#include "world/linux/certificate_authority.h"
#include "world/linux/database_monitor.h"
#include "world/linux/database_server.h"
#include "world/linux/door.h"
#include "world/linux/endpoint_check.h"
#include "world/linux/faults.h"
#include "world/linux/linux_world.h"
#include "world/linux/load_balancer.h"
#include "world/linux/name_database.h"
#include "world/linux/name_server.h"
#include "world/linux/network.h"
#include "world/linux/processes.h"
#include "world/linux/wan_area.h"

namespace scv::daemon {

class LabParts : public Operations {
 public:
  struct Settings {
    std::filesystem::path state;    // durable: databases, objects, keys
    std::filesystem::path runtime;  // gone with the lab: sockets, overlays
    control::Pace pace;
  };
  // Everything that does not depend on the account. `fds` outlives it.
  static Result<std::unique_ptr<LabParts>> Open(const Settings& settings, world::FdStore& fds);
  ~LabParts() override;

  // Starts the services that read the account, which must outlive this object, and that look up
  // instances by `find`.
  using FindInstance = std::function<std::optional<control::InstanceRecord>(const std::string& id)>;
  Result<void> Connect(aws::Account& account, FindInstance find);

  world::LinuxWorld& world() { return *world_; }
  services::DiskObjectStore& objects() { return *objects_; }
  services::EncryptedSecretStore& secrets() { return *secrets_; }

  Result<Process> FindProcess(const std::string& part) override;
  Result<std::filesystem::path> LogOf(const std::string& part) override;
  Result<void> Kill(const std::string& part) override;
  Result<std::vector<std::string>> Query(const std::string& name, const std::string& type,
                                         const std::string& from) override;
  std::string RootPem() override;
  Result<lab::Fault> Inject(lab::Fault fault) override;
  Result<void> Heal(const std::string& id) override;
  std::vector<lab::Fault> Faults() override;

 private:
  LabParts(const Settings& settings, world::FdStore& fds) : settings_(settings), fds_(fds) {}
  Result<void> Prepare();
  world::LinuxWorld::Makers Makers();
  void AddSurroundings(world::LinuxWorld::Makers& makers);
  void AddEngines(world::LinuxWorld::Makers& makers);
  Result<void> PrepareFaults();
  // What a part's maker does, under the faults that hold: nothing starts where there is no power.
  Result<std::string> Powered(const lab::Part& part,
                              const std::function<Result<std::string>(const lab::Part&)>& make);
  std::vector<std::string> ProcessesIn(const std::string& region, const std::string& zone);
  Result<std::string> MakeInternet(const lab::Part& part);
  Result<void> ServeEndpoints(const std::string& region, const std::string& address);
  Result<std::string> MakeInstance(const lab::Part& part);
  Result<void> ServeMetadata(const std::string& host, const lab::InstanceSpec& spec);
  Result<void> StartInstance(const std::string& process, const lab::InstanceSpec& spec);
  Result<void> TakeDownInstance(const lab::PartKey& key);
  Result<std::string> MakeCertificate(const lab::Part& part);
  Result<std::string> MakeDoor(const lab::Part& part);
  Result<world::UniqueFd> ListenAt(const std::string& place, const std::string& address, int port,
                                   const std::string& kept_as);
  std::string ProcessFor(const std::string& part);
  std::filesystem::path ConsoleOf(const std::string& instance) const;
  void PruneConsoles();

  const Settings settings_;
  world::FdStore& fds_;
  std::unique_ptr<services::DiskObjectStore> objects_;
  std::unique_ptr<services::EncryptedSecretStore> secrets_;
  std::shared_ptr<const services::Credentials> credentials_;
  std::unique_ptr<world::CertificateAuthority> authority_;
  std::unique_ptr<world::Network> network_;
  std::unique_ptr<world::Processes> processes_;
  std::unique_ptr<world::NameDatabases> names_;
  std::unique_ptr<world::NameServers> name_servers_;
  std::unique_ptr<world::DatabaseMonitor> monitor_;
  std::unique_ptr<world::DatabaseServers> databases_;
  std::unique_ptr<world::EndpointChecks> checks_;
  std::unique_ptr<world::AccessLogs> access_logs_;
  std::unique_ptr<world::LoadBalancers> load_balancers_;
  std::unique_ptr<world::Door> door_;
  std::unique_ptr<world::WideAreas> wide_areas_;
  std::unique_ptr<world::Faults> faults_;
  std::unique_ptr<services::MetadataServer> metadata_;
  std::unique_ptr<services::Endpoints> endpoints_;
  aws::Account* account_ = nullptr;
  FindInstance find_;
  std::mutex mutex_;
  std::map<std::string, std::pair<std::string, std::string>>
      places_;                              // process → region, zone; guarded by mutex_
  std::set<std::string> served_regions_;    // guarded by mutex_
  std::set<std::string> served_instances_;  // guarded by mutex_
  std::jthread template_;
  std::unique_ptr<world::LinuxWorld> world_;  // last: it ends first
};

}  // namespace scv::daemon

#endif  // SCV_DAEMON_LAB_PARTS_H_
