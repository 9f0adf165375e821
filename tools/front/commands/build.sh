# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Build the memo service, the web app, their packages and the lab'

usage() {
  cat <<'END'
Usage: ./scv build [--preset NAME] [TARGET…]

Installs what is missing, then builds `memo` (build/release/src/memo/memo), the web app
(web/dist), both as versioned Debian packages (build/artifacts) and the lab's programs.
With targets, builds just those; `web` is the web app.

  --preset NAME   release (default), debug, asan, tsan or fuzz

Environment:
  SCV_JOBS        compiler processes at once (default: the processors, if memory allows)

Examples:
  ./scv build
  ./scv build --preset debug memo
  ./scv build web
  ./scv build all

Exit codes: 0 built, 1 failed, 2 wrong usage
END
}

run() {
  local preset=release web=''
  local -a targets=()
  while (($# > 0)); do
    case $1 in
      --preset)
        needs_value "$@"
        preset=$2
        shift
        ;;
      --) ;;
      -*) unknown_option "$1" --preset ;;
      web) web=yes ;;
      *) targets+=("$1") ;;
    esac
    shift
  done
  if [[ -n $web ]]; then
    ensure_packages web
    install_node_modules
    build_web
    ((${#targets[@]} > 0)) || return 0
  fi
  case $preset in
    release | debug | asan | tsan) ensure_packages build web ;;
    fuzz) ensure_packages build web test ;;
    *)
      usage_error "unknown preset '$preset'$(did_you_mean "$preset" release debug asan tsan fuzz)"
      ;;
  esac
  if ((${#targets[@]} > 0)); then
    build_targets "$preset" "${targets[@]}"
  elif [[ $preset == release ]]; then
    build_lab
  else
    build_targets "$preset" all
  fi
}
