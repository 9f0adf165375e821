#!/bin/sh
# Installs the package. An instance that user data gave this very version keeps it.
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "$0")/common.sh"
verify_package
# shellcheck disable=SC2016  # a format of dpkg's
installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Version}' "$PACKAGE" \
  2>/dev/null) || installed=none
if [ "$installed" = "installed $version" ] && [ -z "$(dpkg --verify "$PACKAGE")" ]; then
  say "$PACKAGE $version is installed already"
  exit 0
fi
# Older or newer: a rollback goes the same way.
dpkg --force-unsafe-io --install "$revision/package.deb" ||
  { apt-get -q -o DPkg::Lock::Timeout=120 update &&
    apt-get -q -y -o DPkg::Lock::Timeout=120 --no-install-recommends install --fix-broken; } ||
  die "$PACKAGE $version cannot be installed"
say "$PACKAGE $version is installed; before: $installed"
