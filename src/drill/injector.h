// Does to the lab what a scenario's steps say, and undoes it: whatever happens, nothing that was
// injected outlives the injector.
#ifndef SCV_DRILL_INJECTOR_H_
#define SCV_DRILL_INJECTOR_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "base/result.h"
#include "drill/daemon_api.h"
#include "drill/lab_entry.h"
#include "drill/picture.h"
#include "drill/program.h"
#include "drill/scenario.h"

namespace scv::drill {

class Injector {
 public:
  // `api` outlives it. `seed` decides where several parts are meant.
  Injector(const LabPlace& place, const DaemonApi& api, std::uint64_t seed)
      : place_(place), api_(api), random_(seed) {}
  ~Injector();
  Injector(const Injector&) = delete;
  Injector& operator=(const Injector&) = delete;

  // What was done, for people: "kill db/ap-northeast-2/scv-memo". What takes long goes on behind.
  Result<std::string> Inject(const Injection& injection, const Picture& picture);
  // Undoes everything, also what an earlier drill left.
  Result<void> HealAll();

  // Whether something that takes long goes on; its failure.
  Result<bool> Busy();

  // What of it this lab cannot do; "": nothing.
  static std::string WhyNot(const Injection& injection, const LabPlace& place,
                            const Picture& picture);

 private:
  Result<std::string> PostFault(const Injection& injection, const Picture& picture);
  Result<std::string> Failover(const Injection& injection, const Picture& picture);
  Result<std::string> Apply(const Injection& injection, const Picture& picture);
  Result<void> StartTerraform(const std::string& region, const std::string& variable);

  const LabPlace place_;
  const DaemonApi& api_;
  std::mt19937_64 random_;
  bool injected_ = false;
  std::string applied_region_;  // Terraform changed it: to be changed back
  std::unique_ptr<Program> terraform_;
};

}  // namespace scv::drill

#endif  // SCV_DRILL_INJECTOR_H_
