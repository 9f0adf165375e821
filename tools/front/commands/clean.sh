# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Remove what was built, and on request the data of ./scv dev'

usage() {
  cat <<'END'
Usage: ./scv clean [--modules] [--data]

Removes build/, web/dist/ and the tests' output.

  --modules   node_modules/ too (the next build downloads them again)
  --data      the memos, password and log of `./scv dev` too (.scv/)

Examples:
  ./scv clean
  ./scv clean --modules --data

Exit codes: 0 removed, 1 something is in use, 2 wrong usage
END
}

run() {
  local -a paths=(build web/dist test/output)
  local data=''
  while (($# > 0)); do
    case $1 in
      --modules) paths+=(node_modules web/node_modules test/node_modules) ;;
      --data) data=yes ;;
      *) unknown_option "$1" --modules --data ;;
    esac
    shift
  done
  if [[ -n $data ]]; then
    paths+=(.scv)
    if [[ -f .scv/dev/lock ]] && ! flock --nonblock .scv/dev/lock true; then
      die "./scv dev is running on this data" "end it first (Ctrl-C in its terminal)"
    fi
  fi
  local path
  for path in "${paths[@]}"; do
    [[ -e $path ]] || continue
    rm -rf -- "$path"
    say "removed $path"
  done
}
