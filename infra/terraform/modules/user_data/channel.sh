# shellcheck shell=sh
# Which package: the channel's manifest in the artifact's bucket says it, with the SHA-256. A
# pipeline writes the manifest once its deployment has succeeded.

# "KEY SHA256" of $PACKAGE in the manifest; nothing where the manifest does not say both.
read_manifest() {
  tr -d ' \n\r\t' <"$1" | sed -n 's/.*"'"$PACKAGE"'":{\([^}]*\)}.*/\1/p' |
    sed -nE 's|.*"key":"(releases/[A-Za-z0-9/_.~-]*\.deb)".*"sha256":"([0-9a-f]{64})".*|\1 \2|p'
}

ARTIFACT_KEY=$RELEASE_MANIFEST
retry "fetching $RELEASE_MANIFEST" fetch_artifact
mv "$work/artifact.deb" "$work/manifest.json"
named=$(read_manifest "$work/manifest.json")
[ -n "$named" ] || die "$RELEASE_MANIFEST names no $PACKAGE below releases/ with its SHA-256"
ARTIFACT_KEY=${named% *}
ARTIFACT_SHA256=${named#* }
say "$RELEASE_MANIFEST names $ARTIFACT_KEY"
