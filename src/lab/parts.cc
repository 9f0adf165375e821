#include "lab/parts.h"

namespace scv::lab {

std::string_view Name(PartKind kind) {
  switch (kind) {
    case PartKind::kInternet:
      return "internet";
    case PartKind::kRouter:
      return "router";
    case PartKind::kNameServer:
      return "name server";
    case PartKind::kNames:
      return "names";
    case PartKind::kCertificate:
      return "certificate";
    case PartKind::kWideArea:
      return "wide area";
    case PartKind::kDatabase:
      return "database";
    case PartKind::kLoadBalancerNode:
      return "load balancer node";
    case PartKind::kInstance:
      return "instance";
    case PartKind::kEndpointCheck:
      return "health check";
    case PartKind::kDoor:
      return "door";
  }
  return "?";
}

std::string_view Name(Phase phase) {
  switch (phase) {
    case Phase::kAbsent:
      return "absent";
    case Phase::kStarting:
      return "starting";
    case Phase::kRunning:
      return "running";
    case Phase::kStopping:
      return "stopping";
    case Phase::kFailed:
      return "failed";
  }
  return "?";
}

}  // namespace scv::lab
