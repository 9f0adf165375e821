#!/bin/sh
# Runs in fresh namespaces: an instance's root on an overlay, AWS's addresses on the loopback, then
# the user data, then the checks. $STAND_IN has what infra_boot.py prepared.
set -eu
root=/mnt/root
mount -t tmpfs tmpfs /mnt
mkdir -p /mnt/upper /mnt/work "$root"
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work "$root"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mkdir -p "$root/run/lock"

ip link set lo up
ip address add 169.254.169.254/32 dev lo
{
  echo "127.0.0.1 localhost"
  for host in $HOSTS; do echo "127.0.0.2 $host"; done
} >"$root/etc/hosts"
cat "$STAND_IN/ca.pem" >>"$root/etc/ssl/certs/ca-certificates.crt"

python3 "$SERVER" "$STAND_IN" &
tries=0
until [ -e "$STAND_IN/ready" ]; do
  tries=$((tries + 1))
  [ "$tries" -le 100 ] || exit 1
  sleep 0.05
done

cp "$STAND_IN/user_data" "$STAND_IN/checks" "$root/tmp/"
chmod +x "$root/tmp/user_data"
began=$(date +%s%N)
if chroot "$root" env -i /tmp/user_data; then code=0; else code=$?; fi
echo "user data ended with $code after $((($(date +%s%N) - began) / 1000000)) ms"
chroot "$root" sh /tmp/checks
