// ACM: which certificates are issued, and their parts.
#ifndef SCV_CONTROL_CERTIFICATE_PLAN_H_
#define SCV_CONTROL_CERTIFICATE_PLAN_H_

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "aws/resource.h"
#include "control/lab_plan_context.h"
#include "lab/parts.h"

namespace scv::control {

// ARNs of the certificates for which every validation record is among the names that are served
// (the names part as it stands), as ACM does it for DNS validation. Imported ones need no proof:
// the lab's own authority issues one for their names in their place.
// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
std::set<std::string> ValidatedCertificates(const aws::DesiredState& state,
                                            const lab::NamesSpec& served);

// Adds a part for every certificate of the region that is issued.
void PlanCertificates(PlanContext& context, const RegionIndex& region);

// Whether ACM has issued a certificate, now or ever before.
bool CertificateIssued(PlanContext& context, std::string_view arn);

lab::PartKey CertificateKey(std::string_view region, std::string_view arn);

}  // namespace scv::control

#endif  // SCV_CONTROL_CERTIFICATE_PLAN_H_
