# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Show regions, zones, fleets, targets, databases and names'

usage() { lab_usage status; }

run() { lab_run status "$@"; }
