#!/bin/sh
# Waits until the service has answered as it should, several times in a row: one that starts again
# and again does not pass. Fails otherwise, and with it the deployment.
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "$0")/common.sh"
readonly wanted=5
seconds=${VALIDATE_SECONDS:-60}
validate_until=$(($(date +%s) + seconds))
port=$(port_of_configuration)
[ -n "$port" ] || die "$CONFIGURATION names no port"
url=http://127.0.0.1:$port$HEALTH_PATH

healthy() {
  answer=$(curl -sSf --noproxy '*' --connect-timeout 1 --max-time 3 "$url" 2>&1) || return 1
  case $answer in *"$HEALTH_ANSWER"*) ;; *) return 1 ;; esac
}

answer='nothing yet'
in_a_row=0
while [ "$in_a_row" -lt "$wanted" ]; do
  if healthy; then in_a_row=$((in_a_row + 1)); else in_a_row=0; fi
  [ "$(date +%s)" -lt "$validate_until" ] ||
    die "$url: no $wanted good answers in a row in $seconds s; last: $(echo "$answer" | tail -n 1)"
  sleep 0.2
done
# shellcheck disable=SC2016  # a format of dpkg's
version=$(dpkg-query --show --showformat='${Version}' "$PACKAGE")
[ "$version" = "$(manifest_version)" ] ||
  die "$PACKAGE $version is installed, not $(manifest_version)"
say "$PACKAGE $version serves"
