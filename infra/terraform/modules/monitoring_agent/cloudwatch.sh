# shellcheck shell=sh
# The CloudWatch agent, when the boot has ended, and never in its way: what fails here is said, and
# the instance serves without an agent. Its alarms then say INSUFFICIENT_DATA.

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

fetch_from_amazon() { # URL FILE
  curl -sSf --proto =https --tlsv1.2 --connect-timeout 3 --max-time 120 -o "$work/$2" "$1"
}
fetch_cloudwatch_agent() {
  site=https://amazoncloudwatch-agent-$REGION.s3.$REGION.$DNS_SUFFIX
  package=debian/$(dpkg --print-architecture)/$CLOUDWATCH_VERSION/amazon-cloudwatch-agent.deb
  key=https://amazoncloudwatch-agent.s3.$DNS_SUFFIX/assets/amazon-cloudwatch-agent.gpg
  fetch_from_amazon "$site/$package" cloudwatch.deb &&
    fetch_from_amazon "$site/$package.sig" cloudwatch.sig &&
    fetch_from_amazon "$key" cloudwatch.gpg
}

# The key comes from where the package comes from: what counts is its fingerprint, which is ours.
verify_cloudwatch_agent() {
  [ -z "$CLOUDWATCH_SHA256" ] ||
    echo "$CLOUDWATCH_SHA256  $work/cloudwatch.deb" | sha256sum --check --status || return 1
  export GNUPGHOME="$work/gnupg"
  install -d -m 0700 "$GNUPGHOME" || return 1
  gpg --no-autostart --batch --quiet --import "$work/cloudwatch.gpg" || return 1
  gpg --no-autostart --batch --quiet --trust-model always --status-fd 1 \
    --verify "$work/cloudwatch.sig" "$work/cloudwatch.deb" \
    >"$work/cloudwatch.status" 2>/dev/null || return 1
  grep -q "^\[GNUPG:\] VALIDSIG .* $CLOUDWATCH_FINGERPRINT\$" "$work/cloudwatch.status"
}

start_cloudwatch_agent() {
  home=/opt/aws/amazon-cloudwatch-agent
  dpkg --install "$work/cloudwatch.deb" || return 1
  # cloud-init's output is readable by the group adm alone, as the files of rsyslog are.
  usermod --append --groups adm cwagent || return 1
  cloudwatch_configuration >"$home/etc/instance.json" || return 1
  "$home/bin/amazon-cloudwatch-agent-ctl" -a fetch-config -m ec2 -s \
    -c "file:$home/etc/instance.json"
}

# In a shell of its own: what gives up ends that shell alone. A package whose signature is wrong is
# not asked for again.
watch_instance() (
  boot_until=$(($(date +%s) + BOOT_DEADLINE))
  need_command gpg gnupg
  retry "fetching the CloudWatch agent" fetch_cloudwatch_agent
  verify_cloudwatch_agent ||
    die "the CloudWatch agent is not what $CLOUDWATCH_FINGERPRINT has signed"
  write_log_files || die "the service's logs do not reach files"
  start_cloudwatch_agent || die "the CloudWatch agent does not start"
  say "done: the CloudWatch agent runs"
)

has_systemd() { [ -d /run/systemd/system ]; }

# A boot that failed needs its log in CloudWatch most, while the instance lasts.
# shellcheck disable=SC2317,SC2329  # called by the trap
watch_at_exit() {
  boot_code=$?
  trap - EXIT
  if has_systemd; then
    watch_instance || say "this instance is without a CloudWatch agent"
  else
    say "without systemd there is no CloudWatch agent"
  fi
  rm -rf "$work"
  exit "$boot_code"
}
trap watch_at_exit EXIT
