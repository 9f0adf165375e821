# shellcheck shell=sh
# Boots an instance: fetches the tier's package with the instance's own role, verifies it, installs
# it. What follows in the tier's script configures and starts it.
set -eu
umask 022
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
METADATA=http://169.254.169.254/latest
boot_until=$(($(date +%s) + BOOT_DEADLINE))
work=$(mktemp -d /run/boot.XXXXXX)
trap 'rm -rf "$work"' EXIT

say() { echo "boot: $*"; }
die() {
  say "FAILED: $*" >&2
  exit 1
}

# retry WHAT COMMAND…: again after 0.1, 0.2, 0.4 … 5 s, until it succeeds or the boot is given up.
retry() {
  what=$1 pause=1
  shift
  until "$@"; do
    [ "$(date +%s)" -lt "$boot_until" ] || die "$what: gave up after $BOOT_DEADLINE s"
    say "$what failed; again in $((pause / 10)).$((pause % 10)) s"
    sleep "$((pause / 10)).$((pause % 10))"
    pause=$((pause < 25 ? pause * 2 : 50))
  done
}

# apt-get only where something is missing: an image that has everything boots without a mirror.
install_from_mirror() {
  apt-get -q -o DPkg::Lock::Timeout=120 update &&
    apt-get -q -y -o DPkg::Lock::Timeout=120 --no-install-recommends "$@"
}
need_command() {
  command -v "$1" >/dev/null ||
    retry "installing $2" install_from_mirror install "$2" ca-certificates
}

# metadata PATH…: one line each. Secrets reach curl on its standard input: every user can read a
# command line.
metadata() {
  {
    printf 'header = "X-aws-ec2-metadata-token: %s"\n' "$metadata_token"
    printf "url = \"$METADATA/meta-data/%s\"\n" "$@"
  } | curl --config - -sSf --fail-early -w '\n' --noproxy '*' --connect-timeout 1 --max-time 5
}
json_field() { sed -n 's/.*"'"$1"'" *: *"\([^"]*\)".*/\1/p'; }

read_identity() {
  metadata_token=$(curl -sSf --noproxy '*' --connect-timeout 1 --max-time 5 -X PUT \
    -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$METADATA/api/token") || return 1
  about=$(metadata instance-id iam/security-credentials/) || return 1
  {
    read -r instance_id
    read -r role
  } <<END
$about
END
  metadata "iam/security-credentials/$role" >"$work/credentials" || return 1
  access_key=$(json_field AccessKeyId <"$work/credentials")
  secret_key=$(json_field SecretAccessKey <"$work/credentials")
  session_token=$(json_field Token <"$work/credentials")
  [ -n "$access_key" ] && [ -n "$secret_key" ] && [ -n "$session_token" ]
}

# S3 wants the body's hash signed, too, which Debian 12's curl leaves to its caller.
no_body=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
fetch_artifact() {
  read_identity || return 1
  printf 'user = "%s:%s"\nheader = "x-amz-security-token: %s"\n' \
    "$access_key" "$secret_key" "$session_token" |
    curl --config - -sSf --aws-sigv4 "aws:amz:$REGION:s3" --proto =https --tlsv1.2 \
      -H "x-amz-content-sha256: $no_body" \
      --connect-timeout 3 --max-time 120 -o "$work/artifact.deb" \
      "https://$ARTIFACT_BUCKET.s3.$REGION.$DNS_SUFFIX/$ARTIFACT_KEY"
}

verify_artifact() {
  echo "$ARTIFACT_SHA256  $work/artifact.deb" | sha256sum --check --status ||
    die "$ARTIFACT_KEY has not the SHA-256 $ARTIFACT_SHA256; it is not installed"
}

# A power cut during the installation costs an instance, which the fleet replaces: no need for dpkg
# to wait for the disk after every file.
install_artifact() {
  dpkg --force-unsafe-io --install "$work/artifact.deb" ||
    retry "installing what the package depends on" install_from_mirror install --fix-broken
}

# start UNIT…: by systemd, or by the package's own supervisor where there is none.
start() {
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl enable --now "$@"
  else
    for unit in "$@"; do
      setsid "/usr/lib/$unit/supervise" </dev/null &
    done
  fi
}

need_command curl curl
