# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Run the memo service here, with dummy data, until Ctrl-C'

usage() {
  cat <<'END'
Usage: ./scv dev [--port N] [--mariadb]

Installs what is missing, builds what is out of date and serves the memo service on
http://localhost:8080. Its data, the demo account's password and the log are in .scv/dev/ and
stay there. A process that dies is started again; Ctrl-C ends everything.

  --port N     another port (0: any free one)
  --mariadb    on a private MariaDB over TLS, started next to it, in place of SQLite

Examples:
  ./scv dev
  ./scv dev --port 8081
  ./scv dev --mariadb

Exit codes: 0 ended by Ctrl-C or SIGTERM, 1 failed, 2 wrong usage
END
}

readonly kDev=$SCV_ROOT/.scv/dev
readonly kStartDeadlineSeconds=60
readonly kQuickDeathSeconds=2
readonly kQuickDeathsMax=5

parse_options() {
  port=8080
  mariadb=''
  while (($# > 0)); do
    case $1 in
      --port)
        needs_value "$@"
        is_whole_number "$2" && (($2 <= 65535)) || usage_error "--port needs a number up to 65535"
        port=$2
        shift
        ;;
      --mariadb) mariadb=yes ;;
      -*) unknown_option "$1" --port --mariadb ;;
      *) usage_error "dev takes no argument '$1'" ;;
    esac
    shift
  done
}

# One ./scv dev per checkout: two would write to the same files. The lock is this shell's alone.
take_lock() {
  mkdir -p "$kDev"
  exec {dev_lock}>>"$kDev/lock"
  flock --nonblock "$dev_lock" ||
    die "./scv dev is already running in this checkout: $(cat "$kDev/url" 2>/dev/null || true)" \
      "end it with Ctrl-C in its terminal"
}

require_free_port() {
  ((port != 0)) || return 0
  ! port_in_use "$port" || die "port $port is in use by another program" \
    "end that program, or choose another port: ./scv dev --port $(free_port $((port + 1)))"
}

start_memo() {
  local -a options=(--listen "127.0.0.1:$port" --metrics-listen 127.0.0.1:0
    --port-file "$kDev/port" --web "$SCV_ROOT/web/dist" --instance-id dev
    --seed demo --seed-password-file "$kDev/demo-password")
  if [[ -n $mariadb ]]; then
    local -a database=()
    mapfile -t database < <(mariadb_options)
    options+=("${database[@]}")
  else
    options+=(--data "$kDev/memo.db")
  fi
  rm -f "$kDev/port"
  spawn "$kDev/memo.log" setpriv --pdeathsig TERM "$SCV_ROOT/$kMemo" serve "${options[@]}"
  memo_pid=$spawned
  memo_started=$SECONDS
}

show_log_and_die() {
  tail -n 20 "$2" | sed 's/^/    /' >&2
  die "$1" "the whole log: ${2#"$SCV_ROOT"/}"
}

# Until the service answers that it is ready: it writes its port, then its health says so.
await_ready() {
  local deadline=$((SECONDS + kStartDeadlineSeconds))
  until [[ -s $kDev/port ]] && is_ready "$(<"$kDev/port")"; do
    kill -0 "$memo_pid" 2>/dev/null ||
      show_log_and_die "the memo service ended at its start" "$kDev/memo.log"
    ((SECONDS < deadline)) ||
      show_log_and_die "the memo service was not ready in $kStartDeadlineSeconds s" "$kDev/memo.log"
    pause 0.05
  done
  # From now on the same port, also when it was any free one: a restart must be where it was.
  port=$(<"$kDev/port")
  printf 'http://localhost:%s\n' "$port" >"$kDev/url"
}

is_ready() {
  local status
  status=$(
    exec 2>/dev/null 3<>"/dev/tcp/127.0.0.1/$1" || exit
    printf 'GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
    IFS= read -r -t 5 -u 3 status && printf '%s' "$status"
  ) || return 1
  [[ $status == 'HTTP/1.1 200 '* ]]
}

greet() {
  local data='.scv/dev/memo.db (SQLite)'
  [[ -z $mariadb ]] || data=".scv/dev/mariadb (MariaDB over TLS, process $mariadb_pid)"
  cat >&2 <<END

  ${kBold}The memo service is running: http://localhost:$port$kReset

  Sign in     demo  /  $(<"$kDev/demo-password")
              (the password is random and kept in .scv/dev/demo-password)
  Data        $data
  Log         .scv/dev/memo.log
  Try         write a memo, then: kill -9 $memo_pid
              It is started again at once, and nothing is lost.
  End         Ctrl-C

END
}

# name_of_end STATUS: "signal 9" or "exit code 1"
name_of_end() {
  if (($1 > 128)); then printf 'signal %d' $(($1 - 128)); else printf 'exit code %d' "$1"; fi
}

# forgive NAME STARTED HOW LOG: nothing that ran for a moment; an end of it all when a process keeps
# dying right after its start.
forgive() {
  if (($2 + kQuickDeathSeconds < SECONDS)); then
    quick_deaths=0
  elif ((++quick_deaths >= kQuickDeathsMax)); then
    show_log_and_die "$1 died $quick_deaths times right after its start, at last by $3" "$4"
  fi
  note "$1 ended by $3; starting it again."
}

# Starts again what dies, until a signal ends the script.
supervise() {
  local ended status how quick_deaths=0
  while true; do
    status=0
    wait -n -p ended "${!children[@]}" || status=$?
    [[ -n ${ended-} ]] || continue
    unset "children[$ended]"
    how=$(name_of_end "$status")
    if [[ $ended == "$memo_pid" ]]; then
      forgive "The memo service" "$memo_started" "$how" "$kDev/memo.log"
      start_memo
      await_ready
      say "It is back as process $memo_pid."
    else
      forgive MariaDB "$mariadb_started" "$how" "$kMariadb/mariadb.log"
      start_database
      say "It is back as process $mariadb_pid."
    fi
  done
}

start_database() {
  start_mariadb
  mariadb_pid=$spawned
  mariadb_started=$SECONDS
}

on_dev_signal() {
  trap '' INT TERM HUP
  say "${kClearLine}Ending: requests under way are finished first."
  # The service first: it still needs its database to finish.
  [[ -z ${children[$memo_pid]-} ]] || end_child "$memo_pid"
  end_children
  say "Ended. The data is kept in .scv/dev; ./scv dev goes on with it."
  exit 0
}

run() {
  parse_options "$@"
  # shellcheck source=tools/front/mariadb.sh
  . "$SCV_ROOT/tools/front/mariadb.sh"
  take_lock
  require_free_port
  if [[ -n $mariadb ]]; then
    ensure_packages build web mariadb
  else
    ensure_packages build web
  fi
  build_service
  secret_file "$kDev/demo-password"
  : >"$kDev/memo.log"
  trap on_dev_signal INT TERM HUP
  memo_pid=0
  if [[ -n $mariadb ]]; then
    prepare_mariadb
    start_database
  fi
  start_memo
  await_ready
  greet
  supervise
}
