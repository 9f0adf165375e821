// One instance of the lab, as the control plane remembers it (durably, before it acts): what
// RunInstances would have answered.
#ifndef SCV_CONTROL_INSTANCE_RECORD_H_
#define SCV_CONTROL_INSTANCE_RECORD_H_

#include <string>

#include "base/time.h"

namespace scv::control {

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html, without
// the states of lifecycle hooks and warm pools.
enum class Lifecycle {
  kPending,  // launched; boots, or is not yet healthy at its load balancer
  kInService,
  kTerminating,  // chosen to go: deregistered, draining
  kTerminated,   // its processes and network are being taken down; the record goes with them
};

struct InstanceRecord {
  std::string id;  // i-…
  std::string region, zone, subnet_id, vpc_id;
  std::string interface_id;  // eni-…
  std::string address;
  std::string group;  // the auto scaling group's name; "": an aws_instance
  std::string launch_template_id;
  int launch_template_version = 0;
  Lifecycle lifecycle = Lifecycle::kPending;
  Millis launched_at = 0;
  Millis terminating_since = 0;  // 0: not
  std::string reason;            // why it was launched or is being terminated
  bool operator==(const InstanceRecord&) const = default;
};

}  // namespace scv::control

#endif  // SCV_CONTROL_INSTANCE_RECORD_H_
