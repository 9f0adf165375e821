// The programs that the lab starts: which of them this machine has, and which package brings them.
#ifndef SCV_CLI_NEEDS_H_
#define SCV_CLI_NEEDS_H_

#include <span>

#include "base/result.h"

namespace scv::cli {

struct Need {
  const char* program;
  const char* purpose;
  bool required = true;  // without it no lab
};

std::span<const Need> Needs();
bool IsInstalled(const Need& need);
// What helps, for people.
std::string RemedyFor(const Need& need);

// kUnavailable: what is required and missing, all of it, and how to install it.
Result<void> CheckPrograms();

}  // namespace scv::cli

#endif  // SCV_CLI_NEEDS_H_
