# shellcheck shell=bash
# Long steps and child processes: each child has its own process group, is on `children` while it
# lives, and ends with this script whatever ends the script.

declare -A children=()

readonly kLogDirectory=$SCV_ROOT/build/log
readonly kChildGraceSeconds=15

# spawn LOG COMMAND...: starts it in the background, its output appended to LOG and its pid in
# `spawned`.
spawn() {
  local log=$1
  shift
  set -m
  "$@" >>"$log" 2>&1 </dev/null &
  spawned=$!
  set +m
  children[$spawned]=1
}

# Ends one child's whole group: politely, then by force after the grace period.
end_child() {
  local pid=$1 waited=0
  kill -TERM -- "-$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null; do
    if ((waited++ >= kChildGraceSeconds * 10)); then
      kill -KILL -- "-$pid" 2>/dev/null || true
      break
    fi
    pause 0.1
  done
  wait "$pid" 2>/dev/null || true
  unset "children[$pid]"
}

end_children() {
  local pid
  for pid in "${!children[@]}"; do end_child "$pid"; done
}

# Waits SECONDS without starting a process; signals are handled at once.
pause() { read -r -t "$1" -u "$never_readable" _ || true; }
exec {never_readable}<> <(:)

on_signal() {
  trap '' INT TERM HUP
  [[ -z $kIsTerminal ]] || printf '%s' "$kClearLine" >&2
  end_children
  exit "$1"
}
trap 'on_signal 130' INT
trap 'on_signal 143' TERM HUP
trap end_children EXIT

# The progress shown beside a running step: ninja's "[12/80]" when the log has one.
step_progress() {
  local last
  last=$(tail -n 1 "$1" 2>/dev/null | tr -d '\r') || return 0
  if [[ $last =~ ^\[([0-9]+/[0-9]+)\] ]]; then printf ' %s' "${BASH_REMATCH[1]}"; fi
}

# step NAME TITLE COMMAND...: runs it with its output in build/log/NAME.log; says how long it took,
# and shows the log's end when it fails.
step() {
  local name=$1 title=$2 status=0 started=$SECONDS
  local log=$kLogDirectory/$name.log
  shift 2
  mkdir -p "$kLogDirectory"
  printf '$ %s\n' "$*" >"$log"
  [[ -n $kIsTerminal ]] || say "  $title …"
  spawn "$log" "$@"
  local pid=$spawned
  show_progress "$pid" "$title" "$log" "$started"
  wait "$pid" || status=$?
  unset "children[$pid]"
  if ((status != 0)); then
    say "${kClearLine}${kRed}✗${kReset} $title failed after $(duration $((SECONDS - started)))"
    tail -n "${SCV_LOG_LINES:-40}" "$log" | sed 's/^/    /' >&2
    say "  The whole log: ${log#"$SCV_ROOT"/}"
    return 1
  fi
  say "${kClearLine}${kGreen}✓${kReset} $title $kDim$(duration $((SECONDS - started)))$kReset"
}

# On a terminal, repaints one line until the process ends. Elsewhere there is nothing to repaint.
show_progress() {
  local pid=$1 title=$2 log=$3 started=$4
  [[ -n $kIsTerminal ]] || return 0
  while kill -0 "$pid" 2>/dev/null; do
    printf '%s  %s%s %s%s' "$kClearLine" "$title" "$(step_progress "$log")" \
      "$kDim$(duration $((SECONDS - started)))" "$kReset" >&2
    pause 0.2
  done
}
