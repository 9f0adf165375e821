# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Run the tests: everything, or the suites named'

usage() {
  cat <<'END'
Usage: ./scv test [SUITE…] [--quick] [--list] [--json]

Installs what is missing, builds what the suites need and runs them one after another.
The last line counts them all: `N passed, N failed, N skipped`. Reports (JUnit, JSON)
are in build/test-results/, the full output of each suite in build/log/.

  --list    the suites, what they prove, and which run by default
  --quick   only the quick suites
  --json    one JSON document on standard output instead of lines

Examples:
  ./scv test
  ./scv test style unit
  ./scv test --quick

Exit codes: 0 all passed, 1 something failed, 2 wrong usage, 130 interrupted
END
}

run() {
  local argument needs_everything=yes
  for argument in "$@"; do
    [[ $argument != --list ]] || needs_everything=''
  done
  if [[ -z $needs_everything ]]; then
    command -v python3 >/dev/null || ensure_packages tools
    exec python3 tools/run_tests "$@"
  fi
  ensure_packages tools build web mariadb lab format fuzz test
  install_node_modules
  SCV_JOBS=$(jobs_at_once) exec python3 tools/run_tests "$@"
}
