# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Kill an instance, as a crash would'

usage() { lab_usage kill; }

run() { lab_run kill "$@"; }
