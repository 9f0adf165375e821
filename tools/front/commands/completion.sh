# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Print the completion of these commands for the shell'

usage() { lab_usage completion; }

run() { lab_run completion "$@"; }
