# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Run a program inside an instance'
passes_options=yes

usage() { lab_usage exec; }

run() { lab_run exec "$@"; }
