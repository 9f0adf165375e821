# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Format the C++ sources'

usage() {
  cat <<'END'
Usage: ./scv fmt [--check] [FILE…]

Formats every C++ file in the tree (or those named) with Debian 12's clang-format.

  --check   change nothing, list the files that need it

Examples:
  ./scv fmt
  ./scv fmt --check
  ./scv fmt src/base/text.cc

Exit codes: 0 formatted, 1 --check found something, 2 wrong usage
END
}

run() {
  local check=''
  local -a files=()
  while (($# > 0)); do
    case $1 in
      --check) check=yes ;;
      --) ;;
      -*) unknown_option "$1" --check ;;
      *) files+=("$1") ;;
    esac
    shift
  done
  ensure_packages format
  if ((${#files[@]} == 0)); then
    mapfile -d '' -t files < <(find src test bench tools \
      \( -name node_modules -o -name output \) -prune -o \
      -type f \( -name '*.cc' -o -name '*.h' \) -print0)
  fi
  ((${#files[@]} > 0)) || die "there are no C++ files here"
  if [[ -z $check ]]; then
    clang-format -i -- "${files[@]}"
    return 0
  fi
  local file unformatted=0
  for file in "${files[@]}"; do
    if ! clang-format --dry-run --Werror -- "$file" 2>/dev/null; then
      printf '%s\n' "$file"
      unformatted=$((unformatted + 1))
    fi
  done
  ((unformatted == 0)) || die "$unformatted files are not formatted" "./scv fmt formats them"
}
