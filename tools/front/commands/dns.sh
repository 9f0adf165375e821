# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Ask the lab'\''s name server'

usage() { lab_usage dns; }

run() { lab_run dns "$@"; }
