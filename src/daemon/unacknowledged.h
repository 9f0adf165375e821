// What a daemon was making for Terraform when it died. Terraform was not told and makes it again,
// so that the next daemon takes it down first: else its name, its address or its place would be
// taken.
#ifndef SCV_DAEMON_UNACKNOWLEDGED_H_
#define SCV_DAEMON_UNACKNOWLEDGED_H_

#include "daemon/durable_account.h"
#include "daemon/event_log.h"
#include "provider/provider.h"

namespace scv::daemon {

// Before anybody is served, with the control loop running. What another resource needs was told
// before that one was begun: it stays, and is acknowledged. Waits until the lab has let go, at most
// 12 s in all: what takes longer is marked and goes on going. Says in the log and as an event at
// `now` what was dropped, and why something was not.
void DropUnacknowledged(const provider::Provider& provider, DurableAccount& account,
                        EventLog& events, Millis now);

}  // namespace scv::daemon

#endif  // SCV_DAEMON_UNACKNOWLEDGED_H_
