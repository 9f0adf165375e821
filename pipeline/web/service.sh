# shellcheck shell=sh
# shellcheck disable=SC2034  # for the hooks
# What the hooks must know of the web tier.
PACKAGE=memo-web
CONFIGURATION=/etc/memo-web/web.env
# nginx answers this itself: a back end in trouble is no reason to roll back.
HEALTH_PATH=/healthz
HEALTH_ANSWER=ok
port_of_configuration() { sed -n 's/^WEB_PORT=\([0-9]*\)$/\1/p' "$CONFIGURATION"; }
