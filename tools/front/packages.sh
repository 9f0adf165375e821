# shellcheck shell=bash
# Debian packages: which groups of tools/packages.txt a command needs, and their installation.

readonly kNodeMajor=18

# packages_of GROUP...: the packages of these groups, one per line.
packages_of() {
  local wanted=" $* " line group=''
  while IFS= read -r line; do
    line=${line%%#*}
    line=${line//[[:space:]]/}
    case $line in
      '') ;;
      \[*\]) group=${line:1:-1} ;;
      *) [[ $wanted != *" $group "* ]] || printf '%s\n' "$line" ;;
    esac
  done <"$SCV_ROOT/tools/packages.txt"
}

# A node with npm, from wherever it came, does in place of Debian's.
has_node() {
  command -v node >/dev/null && command -v npm >/dev/null || return 1
  local version
  version=$(node --version 2>/dev/null) && version=${version#v}
  [[ ${version%%.*} -ge $kNodeMajor ]]
}

# missing_packages GROUP...
missing_packages() {
  local package status skip_node=''
  local -a wanted=()
  local -A installed=()
  mapfile -t wanted < <(packages_of "$@")
  while read -r package status; do
    [[ $status != installed ]] || installed[$package]=1
  done < <(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null || true)
  for package in "${wanted[@]}"; do
    [[ -z ${installed[$package]-} ]] || continue
    case $package in
      nodejs | npm)
        [[ -n $skip_node ]] || { has_node && skip_node=yes || skip_node=no; }
        [[ $skip_node == no ]] || continue
        ;;
    esac
    printf '%s\n' "$package"
  done
}

# How this user becomes root, in `as_root`: nothing, sudo, or an error that says what to run.
choose_root() {
  as_root=()
  ((EUID != 0)) || return 0
  if command -v sudo >/dev/null; then
    if sudo -n true 2>/dev/null || { [[ -t 0 ]] && sudo -v; }; then
      as_root=(sudo -n)
      return 0
    fi
  fi
  die "packages are missing and this user cannot install them; run this once as root:" \
    "apt-get update && apt-get install --no-install-recommends -y $*"
}

# Nobody asked for system services: what is installed here must not be started by Debian. The guard
# is there only while packages are installed, and only where an init system would start something.
readonly kGuard=/usr/sbin/policy-rc.d
readonly kGuardMark='# made by ./scv while it installs packages; remove it if ./scv is not running'

guard_services() {
  [[ -d /run/systemd/system && ! -e $kGuard ]] || return 0
  printf '#!/bin/sh\n%s\nexit 101\n' "$kGuardMark" | "${as_root[@]}" tee "$kGuard" >/dev/null
  "${as_root[@]}" chmod 755 "$kGuard"
}

unguard_services() {
  [[ -f $kGuard ]] && grep -qxF "$kGuardMark" "$kGuard" || return 0
  "${as_root[@]}" rm -f "$kGuard"
}

apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=120 \
    -o Dpkg::Use-Pty=0 "$@"
}

apt_has_lists() {
  local -a lists=()
  mapfile -t lists < <(compgen -G '/var/lib/apt/lists/*_Packages*' || true)
  ((${#lists[@]} > 0))
}

# Lists that are too old name files that are gone: one update, one more attempt.
apt_install() {
  apt_has_lists || apt update || return
  apt install --no-install-recommends "$@" && return
  apt update && apt install --no-install-recommends "$@"
}

# ensure_packages GROUP...: installs what is missing. Quick when nothing is.
ensure_packages() {
  if ! command -v dpkg-query >/dev/null; then
    note "This is not Debian: the packages in tools/packages.txt ($*) must be there already."
    return 0
  fi
  local -a missing=()
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} > 0)) || return 0
  choose_root "${missing[*]}"
  say "Debian packages to install: ${missing[*]}"
  guard_services
  local status=0
  step packages "Installing ${#missing[@]} packages" apt_install "${missing[@]}" || status=$?
  unguard_services
  ((status == 0)) || die "the packages could not be installed" \
    "check the network and /etc/apt, then run this again"
}
