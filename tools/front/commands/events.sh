# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Show what happened in the lab, and follow it'

usage() { lab_usage events; }

run() { lab_run events "$@"; }
