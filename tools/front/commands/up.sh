# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Bring the system up (today: the memo service; the lab joins it later)'

usage() {
  cat <<'END'
Usage: ./scv up [OPTIONS OF dev]

Brings up everything there is. Today that is the memo service, exactly as `./scv dev`
starts it. The lab (two regions on one machine, by the same Terraform as on AWS) is not
part of the tree yet; when it is, this command starts it.

Examples:
  ./scv up
  ./scv up --mariadb --port 8081

Exit codes: 0 ended by Ctrl-C or SIGTERM, 1 failed, 2 wrong usage
END
}

run() {
  say "The lab is not part of the tree yet: this starts the memo service, like ./scv dev."
  load_command dev
  run "$@"
}
