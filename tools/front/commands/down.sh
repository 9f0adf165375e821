# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Destroy what Terraform made and end the lab'

usage() { lab_usage down; }

run() { lab_run down "$@"; }
