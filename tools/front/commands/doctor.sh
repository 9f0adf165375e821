# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Say what this machine can and cannot do for the lab'

usage() { lab_usage doctor; }

run() {
  if [[ ! -x $kLabCli || ! -x $kLabInit ]]; then
    ensure_packages build
    build_targets release scv-cli scv-lab-init
  fi
  lab_run doctor "$@"
}
