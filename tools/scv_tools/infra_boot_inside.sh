#!/bin/sh
# Runs in fresh namespaces: an instance's root on an overlay, AWS's addresses on the loopback, then
# the user data, then the checks. $STAND_IN has what infra_boot.py prepared.
set -eu
root=/mnt/root
mount -t tmpfs tmpfs /mnt

# What the boot writes to. Without root's ids in the namespace, directories and files of the lower
# layer belong to nobody and stay as they are; made in the upper layer they are ours.
for directory in etc/ssl/certs usr/bin usr/lib/systemd/system usr/share \
  var/lib/dpkg/info var/lib/dpkg/updates var/lib/dpkg/triggers var/log; do
  mkdir -p "/mnt/upper/$directory"
done
for file in var/lib/dpkg/lock var/lib/dpkg/lock-frontend var/lib/dpkg/triggers/Lock \
  var/lib/dpkg/triggers/Unincorp var/log/dpkg.log; do
  : >"/mnt/upper/$file"
done
cp /var/lib/dpkg/status /mnt/upper/var/lib/dpkg/status

# One overlay per directory: below / as a whole there are mounts that a user namespace may not copy.
mkdir -p "$root/dev" "$root/proc" "$root/run" "$root/tmp" "$root/root"
for name in bin sbin lib lib32 lib64 libx32 usr etc var; do
  if [ -L "/$name" ]; then
    cp -P "/$name" "$root/$name"
  elif [ -d "/$name" ]; then
    mkdir -p "/mnt/upper/$name" "/mnt/work/$name" "$root/$name"
    mount -t overlay overlay -o "lowerdir=/$name,upperdir=/mnt/upper/$name" \
      -o "workdir=/mnt/work/$name,userxattr" "$root/$name"
  fi
done
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
} >"$root/etc/hosts.new"
mv "$root/etc/hosts.new" "$root/etc/hosts"
cat /etc/ssl/certs/ca-certificates.crt "$STAND_IN/ca.pem" >"$root/etc/ssl/certs/bundle"
mv "$root/etc/ssl/certs/bundle" "$root/etc/ssl/certs/ca-certificates.crt"

python3 "$SERVER" "$STAND_IN" &
tries=0
until [ -e "$STAND_IN/ready" ]; do
  tries=$((tries + 1))
  [ "$tries" -le 100 ] || exit 1
  sleep 0.05
done

cp -R "$STAND_IN/user_data" "$STAND_IN/checks" "$STAND_IN/instance/." "$root/tmp/"
chmod +x "$root/tmp/user_data"
began=$(date +%s%N)
if chroot "$root" env -i /tmp/user_data; then code=0; else code=$?; fi
echo "user data ended with $code after $((($(date +%s%N) - began) / 1000000)) ms"
chroot "$root" sh /tmp/checks
