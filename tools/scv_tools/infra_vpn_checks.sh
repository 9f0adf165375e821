#!/bin/sh
# What people see of the VPN that user data configured; runs in the instance's namespaces after it.
# Beside the instance: people on the internet's side, a private instance (10.10.10.2) that knows
# the VPC's addresses alone, and a host outside of the VPC (192.0.2.2).
set -u

# inside NAME COMMAND…: `ip netns exec` and `ip -n` want a root that is a mount, which a
# chroot's is not
inside() {
  place=/run/netns/$1
  shift
  nsenter --net="$place" "$@"
}
# neighbour NAME ITS_ADDRESS [OUR_ADDRESS]: on a link of its own, or on the internet's side
neighbour() {
  ip netns add "$1"
  ip link add "to-$1" type veth peer name eth0 netns "$1"
  if [ -n "${3:-}" ]; then
    ip address add "$3/24" dev "to-$1"
  else
    ip link set "to-$1" master internet
  fi
  ip link set "to-$1" up
  inside "$1" ip address add "$2/24" dev eth0
  inside "$1" ip link set eth0 up
  inside "$1" ip link set lo up
}
ip link add internet type bridge
ip address add 198.51.100.1/24 dev internet
ip link set internet up
neighbour kim 198.51.100.2
neighbour lee 198.51.100.3
neighbour was 10.10.10.2 10.10.10.1
neighbour elsewhere 192.0.2.2 192.0.2.1

for name in was elsewhere lee; do
  inside "$name" python3 -u -m http.server 8080 --directory /usr/share/openvpn \
    >"/run/$name-serves.log" 2>&1 &
done

# until_seen TENTHS COMMAND…: how it ended
until_seen() {
  left=$1
  shift
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || return 1
    sleep 0.1
  done
}
reaches() {
  inside "$1" curl -s -o /dev/null -w '%{http_code}' --connect-timeout 1 --max-time 2 \
    "http://$2:8080/"
}
reaches_well() { [ "$(reaches "$1" 10.10.10.2)" = 200 ]; }
# connect NAMESPACE PROFILE: a client, with its log in /run/PROFILE.log
connect() {
  nsenter --net="/run/netns/$1" openvpn --config "/tmp/$2.ovpn" --connect-timeout 5 \
    >"/run/$2.log" 2>&1 </dev/null &
  client=$!
}
restarts() { if [ -e /run/restarts ]; then wc -l </run/restarts; else echo 0; fi; }
server_says() { grep -q "$1" /run/openvpn.log; }

for name in was elsewhere lee; do
  until_seen 50 inside "$name" curl -s --max-time 1 http://127.0.0.1:8080/
done
until_seen 50 server_says 'Initialization Sequence Completed'
echo "without a client: $(reaches kim 10.10.10.2)"

connect kim stranger
until_seen 100 server_says 'certificate verify failed'
echo "a stranger is refused: $?"
kill "$client"
wait "$client"

connect kim kim
connect lee lee
until_seen 100 reaches_well kim
echo "kim reaches a private instance: $?"
until_seen 100 reaches_well lee
echo "lee reaches a private instance: $?"
echo "which sees: $(cut -d' ' -f1 /run/was-serves.log | grep '^10\.' | sort -u | tr '\n' ' ')"
inside kim ip route add 192.0.2.0/24 dev tun0
echo "outside of the VPC: $(reaches kim 192.0.2.2)"
lee_has=$(inside lee ip -4 -o address show dev tun0 | sed -n 's|.*inet \([0-9.]*\)/.*|\1|p')
echo "lee has: $lee_has, of itself $(reaches lee "$lee_has")"
echo "one another: $(reaches kim "$lee_has")"
echo "resolver told: $(grep -o 'dhcp-option DNS [0-9.]*' /run/kim.log | head -1)"
echo "cipher: $(grep -o "Data Channel: cipher '[^']*'" /run/kim.log | head -1)"
echo "rights of the server: $(ps -o user= -C openvpn | sort | uniq -c | tr -s ' ' | tr '\n' ' ')"
echo "keys: $(cd /etc/openvpn/server/scv && stat -c '%n %a %U' -- * | tr '\n' ' ')"

/usr/local/sbin/scv-vpn-refresh refresh
echo "no news: $? restarts $(restarts)"
/usr/local/sbin/scv-vpn-refresh refresh
began=$(date +%s%N)
echo "news: $? restarts $(restarts)"
until_seen 150 reaches_well lee
echo "lee is back: $? after $((($(date +%s%N) - began) / 1000000)) ms"
until_seen 100 server_says 'certificate revoked'
echo "kim is refused: $?, reaches $(reaches kim 10.10.10.2)"
