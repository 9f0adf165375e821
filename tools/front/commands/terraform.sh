# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Run Terraform against the lab'
passes_options=yes

usage() { lab_usage terraform; }

run() { lab_run terraform "$@"; }
