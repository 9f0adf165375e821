# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Show what the lab is about to do, and why'

usage() { lab_usage plan; }

run() { lab_run plan "$@"; }
