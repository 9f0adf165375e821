# shellcheck shell=sh
# Session Manager's agent, last: without it the instance serves as well, so a failure is only said.
# From AWS's bucket of the region; the launch template fixes version and SHA-256.
install_session_agent() {
  key=$SESSION_AGENT/debian_$(dpkg --print-architecture)/amazon-ssm-agent.deb
  curl -sSf --proto =https --tlsv1.2 --connect-timeout 3 --max-time 120 -o "$work/session.deb" \
    "https://amazon-ssm-$REGION.s3.$REGION.$DNS_SUFFIX/$key" || return 1
  echo "$SESSION_AGENT_SHA256  $work/session.deb" | sha256sum --check --status || return 1
  dpkg --force-unsafe-io --install "$work/session.deb" || return 1
  [ ! -d /run/systemd/system ] || systemctl enable --now amazon-ssm-agent
}

if install_session_agent; then
  say "done: Session Manager's agent $SESSION_AGENT"
else
  say "no Session Manager: its agent $SESSION_AGENT could not be installed" >&2
fi
