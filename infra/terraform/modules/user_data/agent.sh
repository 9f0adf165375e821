# shellcheck shell=sh
# The CodeDeploy agent, last: when it asks for work, the service runs, and a deployment replaces a
# package and does not race with its first installation. From AWS's bucket of the region; the launch
# template fixes the SHA-256, because AWS publishes no signature of the package.
fetch_agent() {
  curl -sSf --proto =https --tlsv1.2 --connect-timeout 3 --max-time 120 -o "$work/agent.deb" \
    "https://aws-codedeploy-$REGION.s3.$REGION.$DNS_SUFFIX/$AGENT_KEY"
}

retry "fetching $AGENT_KEY" fetch_agent
echo "$AGENT_SHA256  $work/agent.deb" | sha256sum --check --status ||
  die "$AGENT_KEY has not the SHA-256 $AGENT_SHA256; no deployment would reach this instance"
dpkg --force-unsafe-io --install "$work/agent.deb" ||
  retry "installing what the CodeDeploy agent depends on" install_from_mirror install --fix-broken
[ ! -d /run/systemd/system ] || systemctl enable --now codedeploy-agent
say "done: the CodeDeploy agent of $AGENT_KEY asks for deployments"
