// What the metadata service tells an instance about itself, from its record and the desired state.
#ifndef SCV_DAEMON_INSTANCE_FACTS_H_
#define SCV_DAEMON_INSTANCE_FACTS_H_

#include "aws/resource.h"
#include "control/instance_record.h"
#include "lab/parts.h"
#include "services/metadata_tree.h"

namespace scv::daemon {

services::InstanceFacts FactsOf(const aws::DesiredState& state,
                                const control::InstanceRecord& record,
                                const lab::InstanceSpec& spec);

}  // namespace scv::daemon

#endif  // SCV_DAEMON_INSTANCE_FACTS_H_
