// An instance's record as the state store keeps it.
#ifndef SCV_DAEMON_INSTANCE_DOCUMENT_H_
#define SCV_DAEMON_INSTANCE_DOCUMENT_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "control/instance_record.h"

namespace scv::daemon {

std::string ToDocument(const control::InstanceRecord& record);
// kInternal: not such a document.
Result<control::InstanceRecord> ParseInstanceDocument(std::string_view text);

// "pending", "in service", "terminating", "terminated".
std::string_view Name(control::Lifecycle lifecycle);

}  // namespace scv::daemon

#endif  // SCV_DAEMON_INSTANCE_DOCUMENT_H_
