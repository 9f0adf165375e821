# shellcheck shell=sh
# shellcheck disable=SC2034  # for the hooks
# What the hooks must know of the WAS tier.
PACKAGE=memo
CONFIGURATION=/etc/memo/memo.env
# The process alone: an outage of the database is no reason to roll back.
HEALTH_PATH=/livez
HEALTH_ANSWER='"status":"alive"'
port_of_configuration() { sed -n 's/^MEMO_LISTEN=.*:\([0-9]*\)$/\1/p' "$CONFIGURATION"; }
