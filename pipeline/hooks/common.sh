# shellcheck shell=sh
# What the hooks share. Each runs as root on the instance, with $revision as CodeDeploy unpacked it;
# CodeDeploy keeps what they say, and shows its end where one fails.
# shellcheck disable=SC2034,SC2016  # for the hooks; formats of dpkg
set -eu
umask 022
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
revision=$(cd -- "$(dirname -- "$0")/.." && pwd)
# shellcheck source=/dev/null  # of the component: pipeline/*/service.sh
. "$revision/service.sh"

say() { echo "${LIFECYCLE_EVENT:-hook}: $*"; }
die() {
  say "FAILED: $*" >&2
  exit 1
}

# manifest_field NAME: the package's field in the revision's manifest.
manifest_field() {
  tr -d ' \n\r\t' <"$revision/manifest.json" |
    sed -n 's/.*"'"$PACKAGE"'":{[^}]*"'"$1"'":"\([^"]*\)".*/\1/p'
}
manifest_version() {
  tr -d ' \n\r\t' <"$revision/manifest.json" | sed -n 's/.*"version":"\([^"]*\)".*/\1/p'
}

# The package is the one that the build made, and is of this kind and version.
verify_package() {
  sha256=$(manifest_field sha256)
  version=$(manifest_version)
  [ -n "$sha256" ] && [ -n "$version" ] || die "manifest.json names no $PACKAGE with its SHA-256"
  echo "$sha256  $revision/package.deb" | sha256sum --check --status ||
    die "package.deb has not the SHA-256 $sha256; it is not installed"
  is=$(dpkg-deb --show --showformat='${Package} ${Version}' "$revision/package.deb") ||
    die "package.deb is no Debian package"
  [ "$is" = "$PACKAGE $version" ] ||
    die "package.deb is $is, and the manifest says $PACKAGE $version"
}

has_systemd() { [ -d /run/systemd/system ]; }

# Where there is no systemd, the package's supervisors run the service.
supervisors() { pgrep -f "^(/bin/)?sh /usr/lib/$PACKAGE/(supervise|keep_running)( |\$)"; }
is_running() {
  if has_systemd; then
    systemctl --quiet is-active "$PACKAGE"
  else
    supervisors >/dev/null
  fi
}

# Ends the service within $1 seconds, its requests first; 1: it still runs.
stop_service() {
  stop_until=$(($(date +%s) + $1))
  if has_systemd; then
    # systemd has a limit of its own, half a minute.
    systemctl stop "$PACKAGE" || true
  fi
  while is_running; do
    [ "$(date +%s)" -lt "$stop_until" ] || return 1
    # A supervisor may have started its child between two signals.
    for pid in $(supervisors); do kill -TERM "$pid" 2>/dev/null || true; done
    sleep 0.2
  done
}
