# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Move the writes back to the first region'

usage() { lab_usage failback; }

run() { lab_run failback "$@"; }
