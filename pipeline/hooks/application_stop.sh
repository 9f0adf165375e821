#!/bin/sh
# Ends the service; the load balancer sends it nothing any more. Never fails: this is the revision
# of before, and if it were broken no other could ever be deployed. BeforeInstall is strict.
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "$0")/common.sh"
if stop_service 60; then say "$PACKAGE is stopped"; else say "$PACKAGE still runs after 60 s"; fi
exit 0
