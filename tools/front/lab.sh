# shellcheck shell=bash
# The lab's own command line, which ./scv builds and hands over to.

readonly kLabCli=$SCV_ROOT/build/release/src/cli/scv
readonly kLabInit=$SCV_ROOT/build/release/src/world/linux/scv-lab-init

build_lab() {
  ensure_packages build web lab
  build_targets release memo scv-cli scv-drill scvd scv-lab-init scv-launch scv-instance-init \
    scv-wan-relay
  install_node_modules
  build_web
  build_artifacts
}

# memo and the web pages as Debian packages, the ones that instances download.
build_artifacts() {
  step artifacts "Packing the artifacts" tools/package/build_packages
}

# What the lab needs and this machine does not allow, with the remedies; fails when there is such.
probe_lab() {
  local found status=0
  found=$("$kLabInit" --probe) || status=$?
  ((status == 0)) || grep '"required":true,"available":false' <<<"$found" |
    sed 's/^ *{"name":"\([^"]*\)".*"detail":"\([^"]*\)".*/\1: \2/'
  return "$status"
}

lab_usage() {
  if [[ -x $kLabCli ]]; then
    "$kLabCli" "$1" --help
  else
    printf 'Usage: ./scv %s [OPTIONS]\n\n%s.\n' "$1" "$summary"
    printf 'The options are known once the lab is built: ./scv up builds it.\n'
  fi
}

# Hands over for good.
lab_run() {
  [[ -x $kLabCli ]] || die "the lab is not built" "./scv up builds and starts it"
  export SCV_ROOT
  exec "$kLabCli" "$@"
}
