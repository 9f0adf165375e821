# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Measure the memo service beside plain designs, or the lab'

usage() {
  cat <<'END'
Usage: ./scv bench [memo|lab] [OPTIONS…]

Builds the release binary and measures it side by side with the peers in bench/peers, on a
private MariaDB. Writes build/bench/ and docs/benchmarks.md. Options go to bench/run_memo:

`lab` brings the lab up and down several times and measures it (bench/run_lab).

  --quick       a round of about a minute, to see that everything works
  --list        the cases
  --case NAME   only these
  --json        the figures as JSON

Examples:
  ./scv bench
  ./scv bench memo --quick
  ./scv bench lab

Exit codes: 0 measured, 1 failed, 2 wrong usage
END
}

run() {
  local subject=memo
  if (($# > 0)) && [[ $1 != -* ]]; then
    subject=$1
    shift
  fi
  [[ $subject == memo || $subject == lab ]] ||
    usage_error "nothing to measure is called '$subject'$(did_you_mean "$subject" memo lab)"
  if [[ $subject == lab ]]; then
    ensure_packages bench
    build_lab
    build_targets release fleet_bench
    exec bench/run_lab "$@"
  fi
  local argument
  for argument in "$@"; do
    if [[ $argument == --list ]]; then exec bench/run_memo "$@"; fi
  done
  ensure_packages build web mariadb bench
  build_service
  exec bench/run_memo "$@"
}
