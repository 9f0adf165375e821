// All processes of a part at once: what its first process has started, however deep, and what is
// left in its session. An instance's are all descendants of its first process.
#ifndef SCV_WORLD_LINUX_FAULTS_TREE_H_
#define SCV_WORLD_LINUX_FAULTS_TREE_H_

#include "base/result.h"

namespace scv::world {

// Stops `pid` and all that belongs to it (SIGSTOP, which nobody can hold off), and returns when
// they stand still: what is started meanwhile is stopped, too. kNotFound: there is no such process.
// kTimeout: some do not stand still, being busy in the kernel; they will when they leave it.
Result<void> StopProcessTree(int pid);

// Lets them go on. Succeeds if there are none.
void ContinueProcessTree(int pid);

}  // namespace scv::world

#endif  // SCV_WORLD_LINUX_FAULTS_TREE_H_
