#!/usr/bin/env bash
# Builds one component on the machine it runs on, tests it, packs it, and puts together what
# CodeDeploy installs. With --publish it also uploads the package. pipeline/*/buildspec.yml run
# this; so can anybody else.
#
#   OUT/artifacts/  as tools/package makes it: manifest.json and releases/VERSION/PLATFORM/
#   OUT/revision/   appspec.yml, hooks/, service.sh, manifest.json and package.deb
set -euo pipefail

SOURCE_ROOT=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
readonly SOURCE_ROOT

component=
out=
publish=
installs=''
builds=yes

usage() {
  cat <<'END'
Usage: bash pipeline/build.sh COMPONENT [--out DIRECTORY] [--publish TARGET] [--install] [--built]

COMPONENT is was (memo) or web (the pages and nginx's configuration).

  --out DIRECTORY   where to (build/pipeline/COMPONENT)
  --publish TARGET  s3://BUCKET, or a directory: gets releases/VERSION/PLATFORM/…
  --install         first installs the group `pipeline` of tools/packages.txt (as root, by apt)
  --built           packs what is built already

Credentials are the AWS CLI's own: of the build's role, in CodeBuild.

Exit codes: 0 done, 1 failed, 2 wrong usage
END
}

say() { echo "pipeline: $*"; }
die() {
  echo "pipeline: $1" >&2
  exit "${2:-1}"
}

read_arguments() {
  while (($# > 0)); do
    case $1 in
      -h | --help)
        usage
        exit 0
        ;;
      --out | --publish)
        (($# > 1)) || die "$1 needs a value" 2
        printf -v "${1#--}" '%s' "$2"
        shift
        ;;
      --install) installs=yes ;;
      --built) builds='' ;;
      was | web)
        [[ -z $component ]] || die "one component at a time: $component, $1" 2
        component=$1
        ;;
      *) die "unknown argument '$1'; see --help" 2 ;;
    esac
    shift
  done
  case $component in
    was) package=memo ;;
    web) package=memo-web ;;
    *) die "which component, was or web? See --help" 2 ;;
  esac
  out=$(realpath -m -- "${out:-$SOURCE_ROOT/build/pipeline/$component}")
  [[ $publish != s3://* || $publish =~ ^s3://[a-z0-9][a-z0-9.-]+[a-z0-9]$ ]] ||
    die "--publish '$publish': s3:// and a bucket's name, without a prefix" 2
}

# A bare image of Debian has no AWS CLI and no compiler's cache. What the build itself needs ./scv
# installs.
install_packages() {
  local -a packages=()
  mapfile -t packages < <(
    awk '/^\[/ { wanted = $0 == "[pipeline]"; next } wanted && !/^(#|$)/' tools/packages.txt)
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q -o DPkg::Lock::Timeout=120 update
  apt-get -q -y -o DPkg::Lock::Timeout=120 --no-install-recommends install "${packages[@]}"
}

# A source that came as a ZIP file may have lost which files can be run.
mark_programs() {
  [[ ! -x scv ]] || return 0
  local file first
  while IFS= read -r -d '' file; do
    IFS= read -r -n 2 first <"$file" || true
    [[ $first != '#!' ]] || chmod +x "$file"
  done < <(find scv tools pipeline -type f -print0)
}

build_was() {
  # CodeBuild puts the source into another directory every time.
  export CCACHE_BASEDIR=$SOURCE_ROOT
  local -a tests=(base_test memo_domain_test memo_service_test memo_http_test memo_aws_test)
  local test
  ./scv build memo "${tests[@]}"
  for test in "${tests[@]}"; do
    say "testing: $test"
    "$(find build/release -type f -name "$test" -perm -u=x -print -quit)" --gtest_brief=1
  done
}

build_web() {
  ./scv build web
  say "testing: types and units of the web app"
  npm --workspace web run typecheck
  npm --workspace web run test
}

# json_field NAME FILE: the first value of that name; for files that build_packages wrote.
json_field() { sed -n 's/.*"'"$1"'": "\([^"]*\)".*/\1/p' "$2" | head -n 1; }

# What CodeDeploy unpacks. manifest.json is the same file that becomes the channel's.
make_revision() {
  rm -rf "${out:?}/revision"
  mkdir -p "$out/revision/hooks"
  cp "pipeline/$component/appspec.yml" "pipeline/$component/service.sh" "$out/revision/"
  cp pipeline/hooks/*.sh "$out/revision/hooks/"
  chmod 0755 "$out"/revision/hooks/*.sh
  cp "$out/artifacts/manifest.json" "$out/revision/"
  cp "$out/artifacts/$key" "$out/revision/package.deb"
  echo "$sha256  $out/revision/package.deb" | sha256sum --check --status ||
    die "$out/revision/package.deb has not the SHA-256 of the manifest, $sha256"
}

# upload FILE KEY TYPE: S3 refuses a body that has not the SHA-256 that is sent with it.
upload() {
  local digest
  digest=$(openssl dgst -sha256 -binary "$1" | base64)
  aws s3api put-object --bucket "${publish#s3://}" --key "$2" --body "$1" --content-type "$3" \
    --checksum-algorithm SHA256 --checksum-sha256 "$digest" >/dev/null
  say "published s3://${publish#s3://}/$2"
}

copy() {
  mkdir -p "$publish/$(dirname "$2")"
  cp "$1" "$publish/$2"
  cmp -s "$1" "$publish/$2" || die "$publish/$2 is not what was copied; is the disk full?"
  say "published $publish/$2"
}

# The version follows from the contents: to publish one again writes the same bytes. The manifest
# comes last: whoever reads it finds what it names.
publish_release() {
  local put=copy
  [[ $publish != s3://* ]] || put=upload
  "$put" "$out/artifacts/$key" "$key" application/vnd.debian.binary-package
  "$put" "$out/artifacts/$key.sha256" "$key.sha256" text/plain
  "$put" "$out/artifacts/manifest.json" "${key%.deb}.manifest.json" application/json
}

main() {
  read_arguments "$@"
  cd "$SOURCE_ROOT"
  mark_programs
  [[ -z $installs ]] || install_packages
  [[ -z $builds ]] || "build_$component"
  tools/package/build_packages --only "$package" --out "$out/artifacts"
  key=$(json_field key "$out/artifacts/manifest.json")
  sha256=$(json_field sha256 "$out/artifacts/manifest.json")
  [[ $key == releases/*/"${package}_"*.deb && $sha256 =~ ^[0-9a-f]{64}$ ]] ||
    die "$out/artifacts/manifest.json names no package with its SHA-256"
  make_revision
  [[ -z $publish ]] || publish_release
  say "$package $(json_field version "$out/artifacts/manifest.json") is in $out/revision"
}

main "$@"
