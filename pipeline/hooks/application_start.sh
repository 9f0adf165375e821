#!/bin/sh
# Starts the service. ValidateService waits for its first answers.
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "$0")/common.sh"
if has_systemd; then
  systemctl daemon-reload
  systemctl enable --now "$PACKAGE"
elif ! is_running; then
  # CodeDeploy waits until nobody has this script's output open.
  setsid "/usr/lib/$PACKAGE/supervise" </dev/null >>"/var/log/$PACKAGE.log" 2>&1 &
fi
say "$PACKAGE is started"
