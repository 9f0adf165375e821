# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Fuzz the parsers, starting from the seeds in the tree'

usage() {
  cat <<'END'
Usage: ./scv fuzz [--seconds N] [--list] [TARGET…]

Builds the libFuzzer targets (clang, AddressSanitizer, UndefinedBehaviorSanitizer) and runs each
for N seconds (default 60), starting from test/fuzz/corpus/TARGET and what earlier runs learned.
That, and an input that breaks something, is kept in build/fuzz/test/fuzz/found/TARGET.

Examples:
  ./scv fuzz
  ./scv fuzz --seconds 3600 secret

Exit codes: 0 nothing found, 1 something found, 2 wrong usage
END
}

run() {
  local seconds=60 list='' pattern=''
  while (($# > 0)); do
    case $1 in
      --seconds)
        needs_value "$@"
        is_whole_number "$2" && (($2 > 0)) || usage_error "--seconds needs a positive number"
        seconds=$2
        shift
        ;;
      --list) list=yes ;;
      -*) unknown_option "$1" --seconds --list ;;
      *) pattern+="${pattern:+|}^fuzz_$1\$" ;;
    esac
    shift
  done
  ensure_packages build fuzz
  configure fuzz
  if [[ -n $list ]]; then
    ctest --test-dir build/fuzz --show-only=json-v1 |
      python3 -c 'import json, sys; [print(t["name"][5:]) for t in json.load(sys.stdin)["tests"]]'
    return 0
  fi
  step fuzz-seconds "Setting each search to $(duration "$seconds")" \
    cmake -B build/fuzz "-DSCV_FUZZ_SECONDS=$seconds"
  build_targets fuzz all
  exec ctest --test-dir build/fuzz --output-on-failure --no-tests=error \
    --parallel "$(jobs_at_once)" --tests-regex "${pattern:-.}"
}
