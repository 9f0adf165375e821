// One table of nftables in a namespace, by libnftables: put in place as a whole when its rules
// differ, element by element when only its sets do. Not thread-safe (libnftables is not): one
// thread uses all of this.
#ifndef SCV_WORLD_LINUX_NETWORK_NFTABLES_H_
#define SCV_WORLD_LINUX_NETWORK_NFTABLES_H_

#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/result.h"
#include "render/nftables.h"

namespace scv::world {

using SetElements = std::map<std::string, std::set<std::string>>;

// The table that stands in one namespace, as far as this process knows. It keeps a socket there:
// closing one after a transaction waits for the kernel to free what was replaced, some 10 ms.
class AppliedTable {
 public:
  AppliedTable();
  AppliedTable(AppliedTable&&) noexcept;
  ~AppliedTable();

  // Makes `wanted` stand in the namespace that the calling thread is in; the first call reads what
  // an earlier process left there. The result: the elements that were there before and are not any
  // more.
  Result<SetElements> Apply(const render::Ruleset& wanted);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
  bool known_ = false;
  std::string revision_;  // "": there is no such table
  SetElements elements_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NETWORK_NFTABLES_H_
