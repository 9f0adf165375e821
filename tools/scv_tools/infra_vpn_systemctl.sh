#!/bin/sh
# In systemd's place where the VPN's user data is tested: starts OpenVPN as the distribution's unit
# says, with its command line and no more capabilities, and restarts it. The timer's service is left
# to who tests.
set -eu
unit=/lib/systemd/system/openvpn-server@.service
log=/run/openvpn.log pid=/run/openvpn.pid

of_unit() { sed -n "s/^$1=//p" "$unit" | sed 's|%t|/run|g; s|%i|scv|g'; }

start() {
  mkdir -p /run/openvpn-server
  capabilities=$(of_unit CapabilityBoundingSet | tr 'A-Z ' 'a-z,' | sed 's/cap_/+/g')
  cd "$(of_unit WorkingDirectory)"
  # Words of a command line, as systemd splits them.
  # shellcheck disable=SC2046
  setsid setpriv --bounding-set "-all,$capabilities" --inh-caps "-all,$capabilities" \
    $(of_unit ExecStart) </dev/null >>"$log" 2>&1 &
  echo $! >"$pid"
}

stop() {
  read -r old <"$pid"
  kill "$old"
  tries=0
  while [ -d "/proc/$old" ] && [ "$(cut -d' ' -f3 "/proc/$old/stat" 2>/dev/null)" != Z ]; do
    tries=$((tries + 1))
    [ "$tries" -le 200 ] || exit 1
    sleep 0.05
  done
}

case "$*" in
  daemon-reload) ;;
  "enable --now nftables.service openvpn-server@scv.service scv-vpn-refresh.timer") start ;;
  "restart openvpn-server@scv.service")
    echo restart >>/run/restarts
    stop
    start
    ;;
  *)
    echo "systemctl $*: not expected" >&2
    exit 64
    ;;
esac
