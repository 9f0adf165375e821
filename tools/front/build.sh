# shellcheck shell=bash
# Building: C++ by the CMake presets, the web app by npm. Everything is a no-op when up to date.

# Jobs at once: the processors, but never more than memory has room for (a large file takes 1.5 GB).
jobs_at_once() {
  if [[ -n ${SCV_JOBS-} ]]; then
    is_whole_number "$SCV_JOBS" && ((SCV_JOBS > 0)) || die "SCV_JOBS must be a positive number"
    printf '%d' "$SCV_JOBS"
    return 0
  fi
  local cores free_kb fitting
  cores=$(nproc)
  free_kb=$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)
  fitting=$((free_kb / 1500000))
  ((fitting >= 1)) || fitting=1
  printf '%d' $((fitting < cores ? fitting : cores))
}

# configure PRESET: again only when the presets are newer, or the checkout has moved.
configure() {
  local cache=build/$1/CMakeCache.txt
  if [[ -f build/$1/build.ninja && ! CMakePresets.json -nt build/$1/build.ninja ]] &&
    grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$SCV_ROOT" "$cache"; then
    return 0
  fi
  [[ ! -f $cache ]] || rm -f "$cache"
  step "configure-$1" "Configuring $1" cmake --preset "$1"
}

# build_targets PRESET TARGET...
build_targets() {
  local preset=$1 jobs
  shift
  jobs=$(jobs_at_once)
  configure "$preset" || return
  step "build-$preset" "Building $* ($preset)" \
    nice cmake --build "build/$preset" --parallel "$jobs" --target "$@"
}

# npm writes node_modules/.package-lock.json last, when everything is in place.
node_modules_current() {
  local installed=node_modules/.package-lock.json
  [[ -f $installed && ! package-lock.json -nt $installed ]]
}

install_node_modules() {
  node_modules_current && return 0
  step npm "Installing the npm packages of package-lock.json" npm ci
  touch node_modules/.package-lock.json
}

# A digest of what the web app is built from: names, sizes and times, and the locked dependencies.
web_fingerprint() {
  find web package-lock.json \( -path web/dist -o -path web/node_modules \) -prune -o \
    -type f -printf '%p %s %T@\n' | LC_ALL=C sort | sha256sum
}

build_web() {
  local stamp=build/web.stamp fingerprint
  fingerprint=$(web_fingerprint)
  if [[ -f web/dist/index.html && -f $stamp && $(<"$stamp") == "$fingerprint" ]]; then return 0; fi
  step web "Building the web app" npm --workspace web run build
  mkdir -p build
  printf '%s\n' "$fingerprint" >"$stamp"
}

build_service() {
  build_targets release memo
  install_node_modules
  build_web
}

readonly kMemo=build/release/src/memo/memo
