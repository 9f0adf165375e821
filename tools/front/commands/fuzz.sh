# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Fuzz the parsers, starting from the seeds in the tree'

usage() {
  cat <<'END'
Usage: ./scv fuzz [--seconds N] [--list] [TARGET…]

Builds the libFuzzer targets (clang, AddressSanitizer, UndefinedBehaviorSanitizer) and runs each
for N seconds (default 60). What they learn is kept in build/fuzz-corpus/TARGET; an input that
breaks something is kept in build/fuzz-findings/ and its path is printed.

Examples:
  ./scv fuzz
  ./scv fuzz --seconds 3600 json

Exit codes: 0 nothing found, 1 something found, 2 wrong usage
END
}

run() {
  local -a options=()
  while (($# > 0)); do
    case $1 in
      --seconds)
        needs_value "$@"
        is_whole_number "$2" && (($2 > 0)) || usage_error "--seconds needs a positive number"
        options+=(--seconds "$2")
        shift
        ;;
      --list) options+=(--list) ;;
      -*) unknown_option "$1" --seconds --list ;;
      *) options+=("$1") ;;
    esac
    shift
  done
  ensure_packages build fuzz
  build_targets fuzz all
  exec python3 tools/run_fuzzers "${options[@]}"
}
