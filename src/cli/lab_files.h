// Where a lab keeps itself, as the commands on the host see it.
#ifndef SCV_CLI_LAB_FILES_H_
#define SCV_CLI_LAB_FILES_H_

#include <boost/json/object.hpp>
#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"

namespace scv::cli {

struct LabFiles {
  std::filesystem::path state;  // the state directory
  std::filesystem::path root;   // the checkout: infra/, build/

  std::filesystem::path socket() const { return state / "scvd.sock"; }
  std::filesystem::path provider_socket() const { return state / "aws.sock"; }
  std::filesystem::path record() const { return state / "lab.json"; }
  std::filesystem::path terraform() const { return state / "terraform"; }
  std::filesystem::path program(std::string_view room, std::string_view name) const {
    return root / "build/release/src" / room / name;
  }
};

// What the lab's init wrote down when it started.
struct LabRecord {
  int pid = 0;                       // of the lab's init, as the host sees it
  int parent = 0;                    // of its parent, which cleans up behind it
  std::map<std::string, int> ports;  // listener → port on 127.0.0.1
};
// kUnavailable: there is none, or its process is gone: no lab runs here.
Result<LabRecord> ReadLabRecord(const LabFiles& files);

// $SCV_STATE, or .scv/lab in the checkout ($SCV_ROOT, or the current directory).
LabFiles DefaultLabFiles();

}  // namespace scv::cli

#endif  // SCV_CLI_LAB_FILES_H_
