# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Break the lab under load and judge what its clients saw'

usage() { lab_usage drill; }

run() { lab_run drill "$@"; }
