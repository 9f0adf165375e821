// hashicorp/aws as the lab has it: validates, plans, applies, reads and imports resources, without
// knowing how Terraform's calls arrive (service.cc does).
#ifndef SCV_PROVIDER_PROVIDER_H_
#define SCV_PROVIDER_PROVIDER_H_

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "aws/account.h"
#include "aws/stores.h"
#include "provider/diagnostic.h"
#include "provider/observer.h"
#include "provider/value.h"

namespace scv::provider {

// Borrowed; they outlive the provider.
struct Services {
  aws::Account* account = nullptr;
  aws::ObjectStore* objects = nullptr;
  aws::SecretStore* secrets = nullptr;
};

// One connection of Terraform's, which is one provider block (each alias has its own).
struct Session {
  std::string region;
  std::map<std::string, std::string> default_tags;
  std::atomic<bool> stopped = false;  // Ctrl-C: waits end soon
  // Whoever applies hears of a new resource only by Apply's answer; what a dying daemon left
  // without one is dropped. false: it finds by itself what stands.
  bool drops_unacknowledged = true;
};

struct PlanAnswer {
  Value planned;
  std::vector<Path> requires_replace;
  Diagnostics diagnostics;
};

struct StateAnswer {
  Value state;  // null: it is gone, or was never made
  Diagnostics diagnostics;
  // By Apply, of something new: to be acknowledged once whoever asked has the answer.
  std::optional<aws::ResourceKey> made = std::nullopt;
};

// Thread-safe. Values that come in are taken to be hostile; those that go out fit the schema.
class Provider {
 public:
  // `observer`, if any, is borrowed and outlives the provider.
  explicit Provider(Services services, Observer* observer = nullptr)
      : services_(services), observer_(observer) {}

  // Fills `session` from the provider block.
  Diagnostics Configure(const Value& config, Session& session) const;

  Diagnostics ValidateResource(const std::string& type, const Value& config) const;
  Diagnostics ValidateData(const std::string& type, const Value& config) const;
  Diagnostics ValidateEphemeral(const std::string& type, const Value& config) const;

  PlanAnswer Plan(const Session& session, const std::string& type, const Value& prior,
                  const Value& proposed, const Value& config) const;
  // Waits until the lab has followed. A resource that was made but did not become ready comes back
  // with an error, so that Terraform keeps and taints it. `stopped` is polled and ends the wait.
  StateAnswer Apply(const Session& session, const std::string& type, const Value& prior,
                    const Value& planned, const Value& config,
                    const std::function<bool()>& stopped) const;
  // Takes down what a daemon was making when it died, whatever protects it: nobody was told of it.
  // What something else needs stays. `stopped` as above.
  Diagnostics Drop(const aws::Resource& resource, const std::function<bool()>& stopped) const;
  // After an Apply that was given up and whose answer.made is set: as Drop, so that the name is
  // free for the next try (Terraform would keep a tainted resource, and cannot replace one that has
  // to be created before it is destroyed). Then the answer says that there is none. What cannot be
  // taken down within 10 s stays, in the answer as well.
  void TakeBack(StateAnswer& answer) const;
  // Whoever asked knows of it: from now on no daemon drops it. That fails only with the disk; then
  // it is acknowledged when Terraform reads it next.
  void Acknowledge(const aws::ResourceKey& key) const;
  StateAnswer Read(const Session& session, const std::string& type, const Value& current) const;
  StateAnswer Import(const Session& session, const std::string& type, const std::string& id) const;
  // `state` is the JSON of Terraform's state file.
  StateAnswer Upgrade(const std::string& type, std::string_view state) const;

  StateAnswer ReadData(const Session& session, const std::string& type, const Value& config) const;
  StateAnswer OpenEphemeral(const Session& session, const std::string& type,
                            const Value& config) const;

 private:
  Services services_;
  Observer* observer_;
};

}  // namespace scv::provider

#endif  // SCV_PROVIDER_PROVIDER_H_
