# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Explain or install the lab'\''s certificate authority'

usage() { lab_usage trust; }

run() { lab_run trust "$@"; }
