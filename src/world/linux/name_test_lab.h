// For tests: the test network with a name server for the internet and one for its VPC.
#ifndef SCV_WORLD_LINUX_NAME_TEST_LAB_H_
#define SCV_WORLD_LINUX_NAME_TEST_LAB_H_

#include <memory>
#include <string>
#include <vector>

#include "world/linux/engines_test_support.h"
#include "world/linux/name_database.h"
#include "world/linux/name_server.h"
#include "world/linux/network_test_lab.h"

namespace scv::world {

class NameTestLab {
 public:
  // "": this machine can run it; otherwise why not.
  static std::string WhyNot();

  NameTestLab();
  ~NameTestLab();

  // `place`: "" or the VPC's id.
  void StartServer(const std::string& place);
  // A zone with these records, and what every zone has.
  static lab::NamesSpec Zone(const std::string& name, std::vector<lab::RecordSpec> records);

  // What dig says in short, one value a line. `subnet`: an EDNS client subnet, or "".
  std::string Dig(const std::string& place, const std::string& name, const std::string& type = "A",
                  const std::string& subnet = "");

  TestDirectory directory;
  NetworkTestLab net;
  const std::string vpc;
  ChildProcesses processes;
  NameDatabases names;
  NameServers servers;

 private:
  Network& Networked();
  std::string ResolverOf(const std::string& place) const;
  std::vector<std::string> started_;
};

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_NAME_TEST_LAB_H_
