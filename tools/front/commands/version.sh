# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Print the version'

usage() {
  cat <<'END'
Usage: ./scv version

Prints the project's version and, in a git checkout, the commit.

Example:
  ./scv version

Exit codes: 0
END
}

run() {
  (($# == 0)) || usage_error "version takes no arguments"
  local version commit=''
  version=$(sed -n 's/^project(.* VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
  if command -v git >/dev/null; then
    commit=$(git describe --always --dirty --abbrev=10 2>/dev/null || true)
  fi
  printf 'Working SCV %s%s\n' "$version" "${commit:+ ($commit)}"
}
