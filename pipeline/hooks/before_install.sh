#!/bin/sh
# Checks what is to be installed before anything changes, and that nothing of the old one runs on.
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "$0")/common.sh"
verify_package
[ -s "$CONFIGURATION" ] || die "there is no $CONFIGURATION; user data writes it at boot"
stop_service 60 || die "$PACKAGE does not end; the old version would go on serving"
say "$PACKAGE $version is as the build made it"
