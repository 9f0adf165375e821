// The certificates of AWS's own endpoints in the lab, one context per region's family of names.
#ifndef SCV_DAEMON_ENDPOINT_TLS_H_
#define SCV_DAEMON_ENDPOINT_TLS_H_

#include "services/http_server.h"
#include "world/linux/certificate_authority.h"

namespace scv::daemon {

// Contexts for *.REGION.amazonaws.com, *.s3.REGION.amazonaws.com, s3.amazonaws.com and
// truststore.pki.rds.amazonaws.com, made when first asked for; other names are refused. `authority`
// outlives what is returned.
services::TlsContexts EndpointTls(world::CertificateAuthority& authority);

}  // namespace scv::daemon

#endif  // SCV_DAEMON_ENDPOINT_TLS_H_
