# shellcheck shell=sh
# The CloudWatch agent, when the service has started, and never in its way: what fails here is said,
# and the instance serves without an agent. Its alarms then say INSUFFICIENT_DATA.

# Debian 12 logs to the journal alone, which hands every line to syslog; the agent follows files.
write_log_files() {
  install_from_mirror install rsyslog logrotate || return 1
  install -d -m 0755 "$LOGS_DIRECTORY" || return 1
  rsyslog_configuration >/etc/rsyslog.d/00-instance.conf || return 1
  cat >/etc/logrotate.d/instance <<END || return 1
$LOGS_DIRECTORY/*.log {
  size 50M
  rotate 1
  missingok
  notifempty
  postrotate
    /usr/lib/rsyslog/rsyslog-rotate
  endscript
}
END
  install -d -m 0755 /etc/systemd/system/logrotate.timer.d || return 1
  printf '[Timer]\nOnCalendar=\nOnCalendar=hourly\n' \
    >/etc/systemd/system/logrotate.timer.d/hourly.conf || return 1
  systemctl daemon-reload && systemctl restart logrotate.timer rsyslog.service
}

agent_file() { # URL FILE
  curl -sSf --proto =https --tlsv1.2 --connect-timeout 3 --max-time 120 -o "$work/$2" "$1"
}
fetch_agent() {
  site=https://amazoncloudwatch-agent-$REGION.s3.$REGION.$DNS_SUFFIX
  package=debian/$(dpkg --print-architecture)/$AGENT_VERSION/amazon-cloudwatch-agent.deb
  agent_file "$site/$package" agent.deb && agent_file "$site/$package.sig" agent.sig &&
    agent_file "https://amazoncloudwatch-agent.s3.$DNS_SUFFIX/assets/amazon-cloudwatch-agent.gpg" \
      agent.gpg
}

# The key comes from where the package comes from: what counts is its fingerprint, which is ours.
verify_agent() {
  [ -z "$AGENT_SHA256" ] ||
    echo "$AGENT_SHA256  $work/agent.deb" | sha256sum --check --status || return 1
  install -d -m 0700 "$work/gnupg" || return 1
  gpg --homedir "$work/gnupg" --no-autostart --batch --quiet --import "$work/agent.gpg" || return 1
  gpg --homedir "$work/gnupg" --no-autostart --batch --quiet --trust-model always \
    --status-fd 1 --verify "$work/agent.sig" "$work/agent.deb" \
    >"$work/agent.status" 2>/dev/null || return 1
  grep -q "^\[GNUPG:\] VALIDSIG .* $AGENT_FINGERPRINT\$" "$work/agent.status"
}

start_agent() {
  home=/opt/aws/amazon-cloudwatch-agent
  dpkg --install "$work/agent.deb" || return 1
  # cloud-init's output is readable by the group adm alone, as the files of rsyslog are.
  usermod --append --groups adm cwagent || return 1
  agent_configuration >"$home/etc/instance.json" || return 1
  "$home/bin/amazon-cloudwatch-agent-ctl" -a fetch-config -m ec2 -s \
    -c "file:$home/etc/instance.json"
}

# In a shell of its own: what gives up ends that shell alone. A package whose signature is wrong is
# not asked for again.
watch_instance() (
  boot_until=$(($(date +%s) + BOOT_DEADLINE))
  need_command gpg gnupg
  retry "fetching the CloudWatch agent" fetch_agent
  verify_agent || die "the CloudWatch agent is not what $AGENT_FINGERPRINT has signed"
  write_log_files || die "the service's logs do not reach files"
  start_agent || die "the CloudWatch agent does not start"
  say "done: the CloudWatch agent runs"
)

if [ -d /run/systemd/system ]; then
  watch_instance || say "this instance serves without a CloudWatch agent"
else
  say "without systemd there is no CloudWatch agent"
fi
