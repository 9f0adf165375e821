// ACM: which certificates are issued, and their parts.
#ifndef SCV_CONTROL_CERTIFICATE_PLAN_H_
#define SCV_CONTROL_CERTIFICATE_PLAN_H_

#include <set>
#include <string>
#include <vector>

#include "aws/resource.h"
#include "lab/parts.h"

namespace scv::control {

// ARNs of the certificates for which every validation record is among the names that are served
// (the names part as it stands), as ACM does it for DNS validation.
// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
std::set<std::string> ValidatedCertificates(const aws::DesiredState& state,
                                            const lab::NamesSpec& served);

}  // namespace scv::control

#endif  // SCV_CONTROL_CERTIFICATE_PLAN_H_
