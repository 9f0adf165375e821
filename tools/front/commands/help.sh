# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Explain the commands'

usage() {
  cat <<'END'
Usage: ./scv help [COMMAND]

Examples:
  ./scv help
  ./scv help test

Exit codes: 0, 2 unknown command
END
}

list_commands() {
  local command
  printf 'Usage: ./scv COMMAND [OPTIONS]\n\nCommands:\n'
  for command in "${SCV_COMMANDS[@]}"; do
    (
      load_command "$command"
      printf '  %-10s %s\n' "$command" "$summary"
    )
  done
  cat <<'END'

Each command explains itself:   ./scv COMMAND -h
Start here:                     ./scv up
END
}

run() {
  if (($# == 0)); then
    list_commands
  elif is_command "$1"; then
    load_command "$1"
    usage
  else
    usage_error "unknown command '$1'$(did_you_mean "$1" "${SCV_COMMANDS[@]}")" \
      "./scv help lists the commands"
  fi
}
