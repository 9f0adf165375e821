# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Move the writes to the other region'

usage() { lab_usage failover; }

run() { lab_run failover "$@"; }
