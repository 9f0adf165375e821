# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Show an instance'\''s console'

usage() { lab_usage logs; }

run() { lab_run logs "$@"; }
